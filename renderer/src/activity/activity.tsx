import { useEffect, useState } from 'react';
import { Page } from '../frame/page.tsx';
import { Link, look, useLocation } from '../frame/router.tsx';
import { agentNow } from '../live/clock.ts';
import { watchEvents } from '../live/follow.ts';
import { type RequestError, request } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import { type JournalEntry, journalListSchema } from '../live/wire.ts';
import { Empty } from '../parts/empty.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { rowLook, rowWord } from '../words/effect-words.ts';
import { useWords } from '../words/language.ts';
import { displayClock } from '../words/times.ts';
import './activity.css';
import { ExportButton } from './export-button.tsx';
import { activityFilters, filterNamed, isToAnswer, journalPath } from './filters.ts';
import { RowSheet } from './row-sheet.tsx';

/** What was done on this machine, newest first; a row opens over the list. */
export function Activity({ rowId }: { readonly rowId: string | null }) {
  const { t } = useWords();
  const { query } = useLocation();
  const filter = filterNamed(query.get('outcome'));
  const connectorId = query.get('cn');
  const connectors = useLive((state) => state.connectors);
  const path = journalPath(filter, connectorId, null);
  const { fetched, again } = useFetched(path, journalListSchema);
  useEffect(() => watchEvents((event) => event.type === 'journal' && again()), [again]);
  return (
    <Page title={t('frame.activity')} aside={<ExportButton connectorId={connectorId} />}>
      <div className="filters">
        <nav className="chips" aria-label={t('activity.filters')}>
          {activityFilters.map((each) => (
            <Link
              key={each}
              to={{ at: 'activity', rowId: null }}
              query={{ outcome: each === 'all' ? null : each, cn: connectorId }}
              aria-current={each === filter ? 'true' : undefined}
            >
              {t(filterKeys[each])}
            </Link>
          ))}
        </nav>
        <select
          aria-label={t('activity.everyConnector')}
          value={connectorId ?? ''}
          onChange={(event) => look({ cn: event.target.value || null }, { replace: false })}
        >
          <option value="">{t('activity.everyConnector')}</option>
          {[...connectors.values()].map(({ id, name }) => (
            <option key={id} value={id}>
              {name}
            </option>
          ))}
          {connectorId !== null && !connectors.has(connectorId) && <option value={connectorId}>{connectorId}</option>}
        </select>
      </div>
      {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && fetched.value.data.length === 0 && (
        <Nothing isAll={filter === 'all' && connectorId === null} />
      )}
      {fetched.state === 'there' && fetched.value.data.length > 0 && (
        <Rows
          key={path}
          first={fetched.value.data}
          next={fetched.value.next_cursor}
          pathAfter={(cursor) => journalPath(filter, connectorId, cursor)}
        />
      )}
      {rowId !== null && <RowSheet rowId={rowId} onChanged={again} />}
    </Page>
  );
}

const filterKeys = {
  all: 'activity.all',
  to_answer: 'activity.toAnswer',
  done: 'activity.done',
  refused: 'activity.refused',
  failed: 'activity.failed',
  waiting: 'activity.waiting',
} as const;

function Nothing({ isAll }: { readonly isAll: boolean }) {
  const { t } = useWords();
  if (isAll) {
    return (
      <Empty title={t('activity.none')}>
        <p>{t('activity.noneBody')}</p>
      </Empty>
    );
  }
  return (
    <Empty title={t('activity.noneSuch')}>
      <button type="button" onClick={() => look({ outcome: null, cn: null }, { replace: false })}>
        {t('activity.showAll')}
      </button>
    </Empty>
  );
}

/** The newest page, kept new by its owner, and the older ones that were asked for. */
function Rows({
  first,
  next,
  pathAfter,
}: {
  readonly first: readonly JournalEntry[];
  readonly next: string | null;
  readonly pathAfter: (cursor: string) => string;
}) {
  const { t } = useWords();
  const [older, setOlder] = useState<{ readonly rows: readonly JournalEntry[]; readonly next: string | null } | null>(
    null,
  );
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const known = new Set(first.map((row) => row.journal_id));
  const rows = [...first, ...(older?.rows.filter((row) => !known.has(row.journal_id)) ?? [])];
  const cursor = older === null ? next : older.next;
  const more = async (after: string) => {
    setBusy(true);
    setProblem(null);
    try {
      const page = await request('GET', pathAfter(after), journalListSchema);
      setOlder((before) => ({ rows: [...(before?.rows ?? []), ...page.data], next: page.next_cursor }));
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <ul className="rows">
        {rows.map((row) => (
          <Row key={row.journal_id} row={row} />
        ))}
      </ul>
      {problem !== null && <Problem error={problem} />}
      {cursor !== null && (
        <button type="button" disabled={busy} onClick={() => void more(cursor)}>
          {t(busy ? 'frame.loading' : 'activity.older')}
        </button>
      )}
    </>
  );
}

function Row({ row }: { readonly row: JournalEntry }) {
  const words = useWords();
  const { t, locale } = words;
  return (
    <li
      className={`row activity-row${isToAnswer(row) ? ' needs' : ''}`}
      data-journal={row.journal_id}
      data-state={row.state}
    >
      <div className="row-main">
        <span className="muted time">{displayClock(row.created_at, locale, agentNow())}</span>
        <span className="row-name">
          <Link to={{ at: 'activity', rowId: row.journal_id }} query={currentQuery()} className="row-link">
            <span>
              {row.connector_name} · <span lang="en">{row.summary}</span>
            </span>
          </Link>
        </span>
        <StateLine look={rowLook(row)} word={rowWord(words, row)} />
      </div>
      {isToAnswer(row) && (
        <div className="row-step">
          <p lang="en">{row.question}</p>
          <Link to={{ at: 'activity', rowId: row.journal_id }} query={currentQuery()} className="button">
            {t('activity.toAnswer')}
          </Link>
        </div>
      )}
    </li>
  );
}

/** What is looked for stays when a row opens. */
function currentQuery(): Readonly<Record<string, string>> {
  return Object.fromEntries(new URLSearchParams(window.location.search));
}
