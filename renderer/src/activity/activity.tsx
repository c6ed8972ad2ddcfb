import { useEffect } from 'react';
import { Page } from '../frame/page.tsx';
import { agentNow } from '../live/clock.ts';
import { watchEvents } from '../live/follow.ts';
import { type JournalEntry, journalListSchema } from '../live/wire.ts';
import { Empty } from '../parts/empty.tsx';
import { Problem } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { useWords } from '../words/language.ts';
import { type Look, outcomeLooks } from '../words/states.table.ts';
import { displayClock } from '../words/times.ts';

/** How a row of the journal is drawn. */
function lookOf({ state, evidence }: JournalEntry): Look {
  return state === 'applied' && evidence === 'transmitted' ? outcomeLooks.transmitted : outcomeLooks[state];
}

/** What was done on this machine, newest first. */
export function Activity(_: { readonly rowId: string | null }) {
  const { t, find, locale } = useWords();
  const { fetched, again } = useFetched('/v1/journal?limit=50', journalListSchema);
  useEffect(() => watchEvents((event) => event.type === 'journal' && again()), [again]);
  return (
    <Page title={t('frame.activity')}>
      {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && fetched.value.data.length === 0 && (
        <Empty title={t('activity.none')}>
          <p>{t('activity.noneBody')}</p>
        </Empty>
      )}
      {fetched.state === 'there' && (
        <ul className="rows">
          {fetched.value.data.map((row) => (
            <li key={row.journal_id} className="row" data-journal={row.journal_id}>
              <div className="row-main">
                <span className="muted">{displayClock(row.created_at, locale, agentNow())}</span>
                <span className="row-name">
                  {row.summary} · {row.connector_name}
                </span>
                <StateLine
                  look={lookOf(row)}
                  word={
                    find(
                      'outcomes',
                      row.state === 'applied' && row.evidence === 'transmitted' ? 'transmitted' : row.state,
                    ) ?? row.state
                  }
                />
              </div>
            </li>
          ))}
        </ul>
      )}
    </Page>
  );
}
