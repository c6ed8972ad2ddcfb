import type { ConnectorTest } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/language.ts';
import { healthLooks } from '../words/states.table.ts';

/** What each tool did in a test, and why where it failed. */
export function TestResults({ test }: { readonly test: ConnectorTest }) {
  const { t, find } = useWords();
  return (
    <ul
      className="results"
      aria-label={t(test.status === 'passed' ? 'connector.testPassed' : 'connector.testFailed')}
      data-test={test.status}
    >
      {test.results.map((result) => (
        <li key={result.tool}>
          <Mark look={result.ok ? healthLooks.ok : healthLooks.error} />
          <div>
            <code>{result.tool}</code> {t(result.ok ? 'connector.passed' : 'connector.failed')}
            <span className="muted">
              {` · ${find('modes', result.mode) ?? result.mode} · ${result.latency_ms} ms`}
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
