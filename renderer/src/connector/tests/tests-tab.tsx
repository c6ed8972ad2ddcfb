import { useEffect } from 'react';
import { agentNow } from '../../live/clock.ts';
import { watchEvents } from '../../live/follow.ts';
import { type Connector, type TestRecord, testRecordListSchema } from '../../live/wire.ts';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { StateLine } from '../../parts/state-line.tsx';
import { useFetched } from '../../parts/use-fetched.ts';
import { useWords } from '../../words/language.ts';
import { healthLooks } from '../../words/states.table.ts';
import { displayClock } from '../../words/times.ts';
import { CommissioningRecord } from './commissioning-record.tsx';
import { RunTest } from './run-test.tsx';
import { TestResults } from './test-results.tsx';

/** The test, and every one that was kept: the newest is the commissioning record, to be printed or saved. */
export function TestsTab({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const { fetched, again } = useFetched(`/v1/connectors/${connector.id}/tests?limit=20`, testRecordListSchema);
  useEffect(
    () => watchEvents((event) => event.type === 'test' && event.record.connector_id === connector.id && again()),
    [again, connector.id],
  );
  return (
    <>
      <RunTest connector={connector} />
      <h2>{t('tests.kept')}</h2>
      {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && fetched.value.data.length === 0 && (
        <Empty title={t('tests.none')}>
          <p>{t('tests.noneBody')}</p>
        </Empty>
      )}
      {fetched.state === 'there' && (
        <ul className="rows">
          {fetched.value.data.map((record) => (
            <Kept key={record.id} connector={connector} record={record} />
          ))}
        </ul>
      )}
    </>
  );
}

function Kept({ connector, record }: { readonly connector: Connector; readonly record: TestRecord }) {
  const { t, locale } = useWords();
  const passed = record.status === 'passed';
  return (
    <li className="row" data-record={record.id}>
      <details>
        <summary>
          <StateLine
            look={passed ? healthLooks.ok : healthLooks.error}
            word={t(passed ? 'connector.testPassed' : 'connector.testFailed')}
          >
            <span className="muted">
              {' · '}
              {displayClock(record.tested_at, locale, agentNow())}
              {' · '}
              {record.tested_by}
            </span>
          </StateLine>
        </summary>
        <TestResults results={record.results} status={record.status} />
        <CommissioningRecord connector={connector} record={record} />
      </details>
    </li>
  );
}
