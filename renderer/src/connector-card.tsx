import { useState } from 'react';
import { RequestError, request } from './api.ts';
import { displayAge } from './format.ts';
import { LiveValues } from './live-value.tsx';
import { StateMark } from './state-mark.tsx';
import { TestResults } from './test-results.tsx';
import { UninstallDialog } from './uninstall-dialog.tsx';
import { type Connector, type ConnectorTest, connectorTestSchema, type Reading } from './wire.ts';
import { confidenceWords, wordsFor } from './words/en.ts';

type Test =
  | { readonly state: 'idle' }
  | { readonly state: 'running' }
  | { readonly state: 'done'; readonly test: ConnectorTest }
  | { readonly state: 'failed'; readonly error: RequestError };

/** One connector: how it is, what it last said, and what a person may do with it here. */
export function ConnectorCard({
  connector,
  readings,
  now,
  say,
}: {
  readonly connector: Connector;
  readonly readings: readonly Reading[];
  readonly now: number;
  readonly say: (text: string) => void;
}) {
  const [test, setTest] = useState<Test>({ state: 'idle' });
  const [asking, setAsking] = useState(false);
  const { health, device } = connector;
  const words = wordsFor(health);
  const headingId = `name-${connector.id}`;

  const runTest = async () => {
    setTest({ state: 'running' });
    try {
      const result = connectorTestSchema.parse(await request('POST', `/v1/connectors/${connector.id}/test`, {}));
      setTest({ state: 'done', test: result });
      say(`Test of ${connector.name}: ${result.status}`);
    } catch (error) {
      const failed =
        error instanceof RequestError
          ? error
          : new RequestError(0, 'agent_unreachable', 'The agent did not answer.', null);
      setTest({ state: 'failed', error: failed });
      say(`Test of ${connector.name} failed. ${failed.message}`);
    }
  };

  return (
    <li
      className={connector.simulated ? 'card simulated' : 'card'}
      aria-labelledby={headingId}
      data-connector={connector.id}
      data-health={health.state}
    >
      <div className="row spread">
        <h3 id={headingId}>{connector.name}</h3>
        {connector.simulated && <span className="tag">SIM · simulated</span>}
      </div>
      <div className="state">
        <StateMark shape={words.shape} tone={words.tone} />
        <div>
          <span className={`tone-${words.tone}`}>{words.word}</span>
          <span className="muted">
            {health.state === 'ok' && health.last_ok_at !== null && ` · answered ${displayAge(health.last_ok_at, now)}`}
            {health.state === 'error' && ` · since ${displayAge(health.since, now)}`}
            {health.state === 'listening' && ` · nothing heard since ${displayAge(health.since, now)}`}
          </span>
          {health.state === 'error' && health.message !== null && <p>{health.message}</p>}
          {health.state !== 'ok' && <p className="muted">{health.hint ?? words.next}</p>}
        </div>
      </div>
      <LiveValues readings={readings} inError={health.state === 'error'} now={now} />
      <p className="meta">
        {connector.listing} · {connector.capabilities.join(', ')} · status {connector.status}
        {device !== null && ` · ${confidenceWords[device.identity.confidence] ?? device.identity.confidence}`}
      </p>
      <div className="row">
        <button type="button" onClick={runTest} disabled={test.state === 'running'}>
          {test.state === 'running' ? 'Testing…' : 'Test'}
        </button>
        <button type="button" onClick={() => setAsking(true)}>
          Uninstall…
        </button>
      </div>
      {test.state === 'done' && <TestResults test={test.test} />}
      {test.state === 'failed' && (
        <div className="problem">
          <p>{test.error.message}</p>
          {test.error.hint !== null && <p>{test.error.hint}</p>}
        </div>
      )}
      {asking && <UninstallDialog connector={connector} onClose={() => setAsking(false)} say={say} />}
    </li>
  );
}
