import { useState } from 'react';
import type { Connector } from '../../live/wire.ts';
import { useWords } from '../../words/language.ts';
import { UninstallDialog } from '../uninstall-dialog.tsx';
import { DeviceSection } from './device-section.tsx';
import { PolicySection } from './policy-section.tsx';
import { RenameSection } from './rename-section.tsx';

/** What a person may change about a connector, the way out last. */
export function SettingsTab({ connector }: { readonly connector: Connector }) {
  const { t, locale } = useWords();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <RenameSection key={connector.name} connector={connector} />
      <DeviceSection connector={connector} />
      <PolicySection connector={connector} />
      <section className="card">
        <dl className="facts">
          <dt>{t('connectorSettings.driver')}</dt>
          <dd>
            <code>{connector.listing}</code>
          </dd>
          <dt>{t('connectorSettings.since')}</dt>
          <dd>{new Date(connector.created_at).toLocaleString(locale)}</dd>
        </dl>
      </section>
      <section className="card">
        <h2>{t('connectorSettings.danger')}</h2>
        <div className="actions">
          <button type="button" onClick={() => setAsking(true)}>
            {t('connector.uninstall')}
          </button>
        </div>
      </section>
      {asking && <UninstallDialog connector={connector} onClose={() => setAsking(false)} />}
    </>
  );
}
