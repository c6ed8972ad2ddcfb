import { useLayoutEffect, useRef, useState, useSyncExternalStore } from 'react';
import { usePageKey } from '../../frame/keys.ts';
import { look, useLocation } from '../../frame/router.tsx';
import type { Connector } from '../../live/wire.ts';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Question } from '../../parts/question.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { useWords } from '../../words/language.ts';
import { RecordingBar } from './recording-bar.tsx';
import { useWireLog, type WireLogView } from './use-wire-log.ts';
import './wire.css';
import { asTextFile, matchesLine, type WireFilter, type WireLine } from './wire-line.ts';
import { WireRow } from './wire-row.tsx';

/** Lines that are drawn, the newest of those that match. */
const DRAWN_LINES = 400;
const directions = ['all', 'out', 'in', 'note'] as const;
const directionKeys = { all: 'wire.all', out: 'wire.out', in: 'wire.in', note: 'wire.notes' } as const;
const narrow = window.matchMedia('(max-width: 700px)');

/** What goes over the wire of a connector, byte for byte. */
export function WireTab({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const { view, record, clear } = useWireLog(connector.id);
  const { recording, lines, cutOff, problem } = view;
  const [asking, setAsking] = useState(false);
  const isEmpty = lines.every(({ entry }) => entry.direction === 'note' && entry.code === 'recording_started');
  return (
    <section className="card" aria-labelledby="wire">
      <h2 id="wire">{t('wire.title')}</h2>
      <p className="muted">{t('wire.body')}</p>
      {problem !== null && <Problem error={problem} />}
      {recording !== null && <RecordingBar recording={recording} onRecord={record} />}
      {cutOff && <p className="note attention">{t('wire.reconnecting')}</p>}
      {recording !== null && isEmpty && <Nothing recording={recording} />}
      {!isEmpty && <Log connector={connector} lines={lines} onDelete={() => setAsking(true)} />}
      {asking && (
        <Question
          title={t('wire.removeTitle')}
          safe={t('wire.keepIt')}
          act={t('wire.removeNow')}
          running={t('wire.removeNow')}
          onAct={clear}
          onClose={() => setAsking(false)}
        >
          <p>{t('wire.removeBody', { name: connector.name })}</p>
        </Question>
      )}
    </section>
  );
}

function Nothing({ recording }: { readonly recording: NonNullable<WireLogView['recording']> }) {
  const { t } = useWords();
  if (recording.on) {
    return (
      <Empty title={t('wire.waitingTitle')}>
        <p>{t('wire.waitingBody')}</p>
      </Empty>
    );
  }
  if (recording.mode === 'never') return null;
  return (
    <Empty title={t('wire.emptyTitle')}>
      <ol>
        <li>{t('wire.emptyRecord')}</li>
        <li>{t('wire.emptyUse')}</li>
      </ol>
      <p className="muted">{t('wire.emptyStops')}</p>
    </Empty>
  );
}

function Log({
  connector,
  lines,
  onDelete,
}: {
  readonly connector: Connector;
  readonly lines: readonly WireLine[];
  readonly onDelete: () => void;
}) {
  const { t } = useWords();
  const { query } = useLocation();
  const hex = query.get('hex') === '1';
  const filter: WireFilter = {
    direction: directions.find((name) => name === query.get('way')) ?? 'all',
    sought: query.get('filter') ?? '',
  };
  const [heldAt, setHeldAt] = useState<number | null>(null);
  const perRow = useSyncExternalStore(watchWidth, () => (narrow.matches ? 8 : 16));
  const newest = lines.at(-1)?.number ?? 0;
  usePageKey('p', () => setHeldAt((held) => (held === null ? newest : null)));
  const until = heldAt === null ? lines : lines.filter(({ number }) => number <= heldAt);
  const matching = until.filter((line) => matchesLine(line, filter));
  const drawn = matching.slice(-DRAWN_LINES);
  const isFiltered = filter.direction !== 'all' || filter.sought !== '';
  const save = (json: boolean) => {
    const name = `${connector.name}-wire-${new Date().toISOString().slice(0, 19).replaceAll(':', '-')}`;
    const kept = lines.filter((line) => matchesLine(line, filter));
    if (json) {
      const text = kept.map(({ entry }) => `${JSON.stringify(entry)}\n`).join('');
      saveFile(`${name}.jsonl`, 'application/jsonl', text);
    } else saveFile(`${name}.txt`, 'text/plain', asTextFile(kept, hex ? 'hex' : 'text'));
  };
  return (
    <>
      <div className="filters wire-filters">
        <fieldset className="wire-style">
          <legend>{t('wire.showAs')}</legend>
          <div className="actions">
            <button
              type="button"
              className={hex ? undefined : 'primary'}
              aria-pressed={!hex}
              onClick={() => look({ hex: null }, { replace: false })}
            >
              {t('wire.text')}
            </button>
            <button
              type="button"
              className={hex ? 'primary' : undefined}
              aria-pressed={hex}
              onClick={() => look({ hex: '1' }, { replace: false })}
            >
              {t('wire.hex')}
            </button>
          </div>
        </fieldset>
        <label className="field">
          <span>{t('wire.which')}</span>
          <select
            value={filter.direction}
            onChange={({ target: { value } }) => look({ way: value === 'all' ? null : value }, { replace: false })}
          >
            {directions.map((name) => (
              <option key={name} value={name}>
                {t(directionKeys[name])}
              </option>
            ))}
          </select>
        </label>
        <label className="field wire-find">
          <span>{t('wire.find')}</span>
          <input
            type="search"
            value={filter.sought}
            spellCheck={false}
            autoComplete="off"
            onChange={(event) => look({ filter: event.target.value }, { replace: true })}
          />
        </label>
      </div>
      <div className="actions">
        <button type="button" aria-pressed={heldAt !== null} onClick={() => setHeldAt(heldAt === null ? newest : null)}>
          {t(heldAt === null ? 'wire.pause' : 'wire.resume')}
        </button>
        <button type="button" onClick={() => save(false)}>
          {t('wire.exportText')}
        </button>
        <button type="button" onClick={() => save(true)}>
          {t('wire.exportJson')}
        </button>
        <button type="button" onClick={onDelete}>
          {t('wire.remove')}
        </button>
      </div>
      <p className="muted">
        {t('wire.lines', { count: matching.length })}
        {isFiltered && ` · ${t('wire.hiddenLines', { count: until.length - matching.length })}`}
        {drawn.length < matching.length && ` · ${t('wire.older', { count: matching.length - drawn.length })}`}
        {heldAt !== null && newest > heldAt && (
          <>
            {' · '}
            <strong>{t('wire.newBelow', { count: newest - heldAt })}</strong>
          </>
        )}
      </p>
      {matching.length === 0 ? (
        <div className="actions">
          <p>{t('wire.noMatch')}</p>
          <button type="button" onClick={() => look({ way: null, filter: null }, { replace: false })}>
            {t('wire.showAll')}
          </button>
        </div>
      ) : (
        <Lines drawn={drawn} hex={hex} perRow={perRow} />
      )}
    </>
  );
}

/** Stays at the newest line for as long as a person does; nothing moves under who reads further up. */
function Lines({
  drawn,
  hex,
  perRow,
}: {
  readonly drawn: readonly WireLine[];
  readonly hex: boolean;
  readonly perRow: number;
}) {
  const { t } = useWords();
  const box = useRef<HTMLElement>(null);
  const [seen, setSeen] = useState<number | null>(null);
  const newest = drawn.at(-1)?.number ?? 0;
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is drawn is the reason to look
  useLayoutEffect(() => {
    if (seen === null && box.current !== null) box.current.scrollTop = box.current.scrollHeight;
  }, [newest, seen, hex, perRow]);
  const behind = seen === null ? 0 : drawn.filter(({ number }) => number > seen).length;
  return (
    <>
      <section
        ref={box}
        className={hex ? 'wire-log hex' : 'wire-log'}
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
        tabIndex={0}
        aria-label={t('wire.logLabel')}
        onScroll={({ currentTarget: { scrollTop, scrollHeight, clientHeight } }) => {
          const atEnd = scrollHeight - scrollTop - clientHeight < 24;
          if (atEnd) setSeen(null);
          else if (seen === null) setSeen(newest);
        }}
      >
        <ol>
          {drawn.map((line) => (
            <WireRow key={line.number} line={line} hex={hex} perRow={perRow} />
          ))}
        </ol>
      </section>
      {seen !== null && (
        <div className="actions">
          <button type="button" onClick={() => setSeen(null)}>
            {behind > 0 ? t('wire.newBelow', { count: behind }) : t('wire.toEnd')}
          </button>
        </div>
      )}
    </>
  );
}

function watchWidth(listener: () => void): () => void {
  narrow.addEventListener('change', listener);
  return () => narrow.removeEventListener('change', listener);
}
