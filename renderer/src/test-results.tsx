import { StateMark } from './state-mark.tsx';
import type { ConnectorTest } from './wire.ts';
import { modeWords } from './words/en.ts';

/** What each tool did in a test, and why where it failed. */
export function TestResults({ test }: { readonly test: ConnectorTest }) {
  return (
    <ul className="results" aria-label={`Test ${test.status}`} data-test={test.status}>
      {test.results.map((result) => (
        <li key={result.tool}>
          <StateMark shape={result.ok ? 'tick' : 'octagon'} tone={result.ok ? 'ok' : 'error'} />
          <div>
            <code>{result.tool}</code> {result.ok ? 'passed' : 'failed'}
            <span className="muted">
              {` · ${modeWords[result.mode] ?? result.mode} · ${result.latency_ms} ms`}
              {result.note === 'no_data' && ' · nothing to read'}
            </span>
            {result.error !== undefined && (
              <p>
                {result.error.message} {result.error.hint}
              </p>
            )}
          </div>
        </li>
      ))}
    </ul>
  );
}
