import type { ConnectorTest, ToolTestResult } from '../../live/wire.ts';
import { AgentText } from '../../parts/agent-text.tsx';
import { Mark } from '../../parts/mark.tsx';
import { useWords } from '../../words/language.ts';
import { healthLooks } from '../../words/states.table.ts';

/** What each tool did in a test, and why where it failed. `status` is null while the test goes on. */
export function TestResults({
  results,
  status,
}: {
  readonly results: readonly ToolTestResult[];
  readonly status: ConnectorTest['status'] | null;
}) {
  const { t, find } = useWords();
  const label =
    status === null ? t('connector.testing') : t(status === 'passed' ? 'connector.testPassed' : 'connector.testFailed');
  return (
    <ul className="results" aria-label={label} data-test={status ?? 'running'}>
      {results.map((result) => (
        <li key={result.tool}>
          <Mark look={result.ok ? healthLooks.ok : healthLooks.error} />
          <div>
            <code>{result.tool}</code> {t(result.ok ? 'connector.passed' : 'connector.failed')}
            <span className="muted">
              {` · ${find('modes', result.mode) ?? result.mode} · ${result.latency_ms} ms`}
              {result.evidence !== undefined && ` · ${find('evidence', result.evidence) ?? result.evidence}`}
              {result.note === 'no_data' && ` · ${t('connector.nothingToRead')}`}
            </span>
            {result.error !== undefined && (
              <p>
                <AgentText>{[result.error.message, result.error.hint].filter(Boolean).join(' ')}</AgentText>
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
