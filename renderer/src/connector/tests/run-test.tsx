import { useEffect, useRef, useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { useLocation } from '../../frame/router.tsx';
import { failureIn, type RequestError } from '../../live/request.ts';
import { postForMessages } from '../../live/stream.ts';
import {
  type Connector,
  type ConnectorTest,
  connectorTestSchema,
  type ToolTestResult,
  toolTestResultSchema,
} from '../../live/wire.ts';
import { Problem, problemText, toRequestError } from '../../parts/problem.tsx';
import { useWords } from '../../words/language.ts';
import { useTools } from '../actions/use-tools.ts';
import { TestResults } from './test-results.tsx';

type Run =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly results: readonly ToolTestResult[] }
  | { readonly state: 'done'; readonly test: ConnectorTest }
  | { readonly state: 'failed'; readonly error: RequestError; readonly results: readonly ToolTestResult[] };

/** Runs the test of a connector: reads for real, actions without acting. Each result shows as soon as it is there. */
export function RunTest({ connector }: { readonly connector: Connector }) {
  const words = useWords();
  const { t } = words;
  const tools = useTools(connector.id);
  const [run, setRun] = useState<Run>({ state: 'idle' });
  const left = useRef<AbortController | null>(null);
  const button = useRef<HTMLButtonElement>(null);
  const { query } = useLocation();
  const isAskedFor = query.get('step') === 'run';
  useEffect(() => {
    // By the key `t`: ready to be started, which is for a second press.
    if (isAskedFor) button.current?.focus();
  }, [isAskedFor]);
  useEffect(() => () => left.current?.abort(), []);

  const start = async () => {
    const ended = new AbortController();
    left.current = ended;
    const results: ToolTestResult[] = [];
    setRun({ state: 'running', results });
    try {
      const messages = await postForMessages(`/v1/connectors/${connector.id}/test`, {}, ended.signal);
      for await (const { event, data } of messages) {
        const said: unknown = JSON.parse(data);
        if (event === 'error') throw failureIn(502, said);
        if (event === 'test') {
          const test = connectorTestSchema.parse(said);
          setRun({ state: 'done', test });
          announce(t(test.status === 'passed' ? 'connector.testPassed' : 'connector.testFailed'));
        } else if (event === 'result') {
          results.push(toolTestResultSchema.parse(said));
          setRun({ state: 'running', results: [...results] });
        }
      }
    } catch (error) {
      if (ended.signal.aborted) return;
      const failed = toRequestError(error);
      setRun({ state: 'failed', error: failed, results });
      announce(problemText(words, failed));
    }
  };

  const running = run.state === 'running';
  const total = tools.state === 'there' ? tools.value.length : null;
  return (
    <section className="card" aria-labelledby="run-test">
      <h2 id="run-test">{t('tests.title')}</h2>
      <p className="muted">{t('tests.body')}</p>
      <div className="actions">
        <button type="button" ref={button} className="primary" onClick={start} disabled={running}>
          {t(running ? 'connector.testing' : 'connector.test')}
        </button>
        {running && total !== null && (
          <>
            <progress max={total} value={run.results.length} aria-label={t('connector.testing')} />
            <span className="muted">{t('tests.progress', { done: run.results.length, total })}</span>
          </>
        )}
      </div>
      {run.state === 'done' && <TestResults results={run.test.results} status={run.test.status} />}
      {(run.state === 'running' || run.state === 'failed') && run.results.length > 0 && (
        <TestResults results={run.results} status={null} />
      )}
      {run.state === 'failed' && <Problem error={run.error} />}
    </section>
  );
}
