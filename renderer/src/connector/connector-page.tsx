import { useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { Nowhere } from '../frame/nowhere.tsx';
import { Page } from '../frame/page.tsx';
import type { ConnectorTab } from '../frame/places.ts';
import { Link } from '../frame/router.tsx';
import { type RequestError, request } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import { type Connector, type ConnectorTest, connectorTestSchema } from '../live/wire.ts';
import { Age } from '../parts/age.tsx';
import { AgentText } from '../parts/agent-text.tsx';
import { connectorWords } from '../parts/connector-words.ts';
import { LiveFacts } from '../parts/live-facts.tsx';
import { Problem, problemText, toRequestError } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { IdentityTag, SimulatedTag } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';
import './connector.css';
import { TestResults } from './test-results.tsx';
import { UninstallDialog } from './uninstall-dialog.tsx';

/** One connector: how it is, what it says, and what a person may do with it. */
export function ConnectorPage({ connectorId }: { readonly connectorId: string; readonly tab: ConnectorTab }) {
  const { t } = useWords();
  const connector = useLive((state) => state.connectors.get(connectorId));
  const connecting = useLive((state) => state.link === 'connecting');
  if (connecting) return <p className="muted">{t('frame.connecting')}</p>;
  return connector === undefined ? <Nowhere /> : <Whole connector={connector} />;
}

type Test =
  | { readonly state: 'idle' }
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly test: ConnectorTest }
  | { readonly state: 'failed'; readonly error: RequestError };

function Whole({ connector }: { readonly connector: Connector }) {
  const words = useWords();
  const { t } = words;
  const [test, setTest] = useState<Test>({ state: 'idle' });
  const [asking, setAsking] = useState(false);
  const { id, name, health, device } = connector;
  const { look, word, next } = connectorWords(words, connector);

  const runTest = async () => {
    setTest({ state: 'running' });
    try {
      const result = await request('POST', `/v1/connectors/${id}/test`, connectorTestSchema, { body: {} });
      setTest({ state: 'done', test: result });
      announce(t(result.status === 'passed' ? 'connector.testPassed' : 'connector.testFailed'));
    } catch (error) {
      const failed = toRequestError(error);
      setTest({ state: 'failed', error: failed });
      announce(problemText(words, failed));
    }
  };

  return (
    <Page title={name} aside={connector.simulated ? <SimulatedTag /> : null}>
      <p>
        <Link to={{ at: 'home' }}>{t('frame.home')}</Link>
      </p>
      <section className="card" data-connector={id} data-health={health.state}>
        <StateLine look={look} word={word}>
          {health.state === 'ok' && health.last_ok_at !== null && (
            <span className="muted">
              {' · '}
              {t('states.answered')} <Age at={health.last_ok_at} />
            </span>
          )}
          {health.state === 'error' && (
            <span className="muted">
              {' · '}
              <Age at={health.since} />
            </span>
          )}
        </StateLine>
        {health.message !== null && (
          <p>
            <AgentText>{health.message}</AgentText>
          </p>
        )}
        {(health.hint ?? next) !== null && health.state !== 'ok' && (
          <p className="muted">{health.hint === null ? next : <AgentText>{health.hint}</AgentText>}</p>
        )}
        <LiveFacts connectorId={id} size="big" inError={health.state === 'error'} />
        {device !== null && (
          <p>
            <IdentityTag device={device} />{' '}
            <span className="muted">
              <AgentText>{device.identity.explanation}</AgentText>
            </span>
          </p>
        )}
        <div className="actions">
          <button type="button" onClick={runTest} disabled={test.state === 'running'}>
            {test.state === 'running' ? t('connector.testing') : t('connector.test')}
          </button>
          <button type="button" onClick={() => setAsking(true)}>
            {t('connector.uninstall')}
          </button>
        </div>
        {test.state === 'done' && <TestResults test={test.test} />}
        {test.state === 'failed' && <Problem error={test.error} />}
      </section>
      {asking && <UninstallDialog connector={connector} onClose={() => setAsking(false)} />}
    </Page>
  );
}
