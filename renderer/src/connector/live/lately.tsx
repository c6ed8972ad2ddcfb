import { useEffect } from 'react';
import { Link } from '../../frame/router.tsx';
import { agentNow } from '../../live/clock.ts';
import { watchEvents } from '../../live/follow.ts';
import { journalListSchema } from '../../live/wire.ts';
import { StateLine } from '../../parts/state-line.tsx';
import { useFetched } from '../../parts/use-fetched.ts';
import { rowLook, rowWord } from '../../words/effect-words.ts';
import { useWords } from '../../words/language.ts';
import { displayClock } from '../../words/times.ts';

/** The last actions of a connector that has some. */
export function Lately({ connectorId, acts }: { readonly connectorId: string; readonly acts: boolean }) {
  const words = useWords();
  const { t, locale } = words;
  const path = acts ? `/v1/journal?limit=5&connector_id=${connectorId}` : null;
  const { fetched, again } = useFetched(path, journalListSchema);
  useEffect(
    () => watchEvents((event) => event.type === 'journal' && event.entry.connector_id === connectorId && again()),
    [again, connectorId],
  );
  if (!acts || fetched.state !== 'there') return null;
  const rows = fetched.value.data;
  return (
    <section className="card" aria-labelledby="lately">
      <h2 id="lately">{t('connector.lately')}</h2>
      {rows.length === 0 && <p className="muted">{t('connector.nothingLately')}</p>}
      <ul className="rows" hidden={rows.length === 0}>
        {rows.map((row) => (
          <li key={row.journal_id} className="row" data-journal={row.journal_id}>
            <div className="row-main">
              <span className="muted">{displayClock(row.created_at, locale, agentNow())}</span>
              <Link to={{ at: 'activity', rowId: row.journal_id }} className="row-link">
                <span lang="en">{row.summary}</span>
              </Link>
              <StateLine look={rowLook(row)} word={rowWord(words, row)} />
            </div>
          </li>
        ))}
      </ul>
      {rows.length > 0 && (
        <Link to={{ at: 'activity', rowId: null }} query={{ cn: connectorId }}>
          {t('connector.allOfIt')}
        </Link>
      )}
    </section>
  );
}
