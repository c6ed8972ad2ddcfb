import { lazy, Suspense } from 'react';
import { usePageKey } from '../frame/keys.ts';
import { Nowhere } from '../frame/nowhere.tsx';
import { Page } from '../frame/page.tsx';
import { type ConnectorTab, connectorTabs } from '../frame/places.ts';
import { go, Link } from '../frame/router.tsx';
import { useLive } from '../live/store.ts';
import type { Connector } from '../live/wire.ts';
import { PlaceTabs } from '../parts/place-tabs.tsx';
import { SimulatedTag } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';
import { ActionsTab } from './actions/actions-tab.tsx';
import './connector.css';
import './tests/print.css';
import { ConnectorState } from './connector-state.tsx';
import { LiveTab } from './live/live-tab.tsx';
import { McpTab } from './mcp/mcp-tab.tsx';
import { SettingsTab } from './settings/settings-tab.tsx';
import { TestsTab } from './tests/tests-tab.tsx';

const WireTab = lazy(async () => ({ default: (await import('./wire/wire-tab.tsx')).WireTab }));

/** One connector: how it is, what it says, and what a person may do with it. */
export function ConnectorPage({ connectorId, tab }: { readonly connectorId: string; readonly tab: ConnectorTab }) {
  const { t } = useWords();
  const connector = useLive((state) => state.connectors.get(connectorId));
  const connecting = useLive((state) => state.link === 'connecting');
  if (connecting) return <p className="muted">{t('frame.connecting')}</p>;
  return connector === undefined ? <Nowhere /> : <Whole connector={connector} tab={tab} />;
}

function Whole({ connector, tab }: { readonly connector: Connector; readonly tab: ConnectorTab }) {
  const { t } = useWords();
  usePageKey('t', () => go({ at: 'connector', connectorId: connector.id, tab: 'tests' }, { query: { step: 'run' } }));
  return (
    <Page title={connector.name} aside={connector.simulated ? <SimulatedTag /> : null}>
      <p>
        <Link to={{ at: 'home' }}>{t('frame.home')}</Link>
      </p>
      <ConnectorState connector={connector} />
      <PlaceTabs
        label={t('connector.tabs')}
        current={tab}
        tabs={connectorTabs.map((key) => ({
          key,
          word: t(`connector.${key}`),
          to: { at: 'connector', connectorId: connector.id, tab: key },
        }))}
      />
      <Shown connector={connector} tab={tab} />
    </Page>
  );
}

function Shown({ connector, tab }: { readonly connector: Connector; readonly tab: ConnectorTab }) {
  const { t } = useWords();
  switch (tab) {
    case 'live':
      return <LiveTab connector={connector} />;
    case 'actions':
      return <ActionsTab connector={connector} />;
    case 'tests':
      return <TestsTab connector={connector} />;
    case 'wire':
      return (
        <Suspense fallback={<p className="muted">{t('frame.connecting')}</p>}>
          <WireTab connector={connector} />
        </Suspense>
      );
    case 'mcp':
      return <McpTab connector={connector} />;
    case 'settings':
      return <SettingsTab connector={connector} />;
  }
}
