import { memo, useState } from 'react';
import { Link } from '../../frame/router.tsx';
import type { WireEntry } from '../../live/wire.ts';
import { AgentText } from '../../parts/agent-text.tsx';
import { Mark } from '../../parts/mark.tsx';
import { useWords, type Words } from '../../words/language.ts';
import { hexOf, textOf, textParts, type WireLine } from './wire-line.ts';

/** Of a longer frame this much is shown until somebody wants all of it. */
const SHOWN_BYTES = 512;

/** One line of the log: when, which way, the bytes, and for what. */
export const WireRow = memo(function WireRow({
  line,
  hex,
  perRow,
}: {
  readonly line: WireLine;
  readonly hex: boolean;
  readonly perRow: number;
}) {
  const words = useWords();
  const { t, locale } = words;
  const { entry } = line;
  const at = new Date(entry.at);
  const time = at.toLocaleTimeString(locale, {
    hour: '2-digit',
    minute: '2-digit',
    second: '2-digit',
    fractionalSecondDigits: 3,
    hourCycle: 'h23',
  });
  return (
    <li data-direction={entry.direction} className="wire-row">
      <time dateTime={entry.at}>{time}</time>
      {entry.direction === 'note' ? (
        <Note entry={entry} words={words} />
      ) : (
        <>
          <span className="wire-way">
            <span aria-hidden="true">{entry.direction === 'out' ? '→' : '←'}</span>
            <span className="visually-hidden">{t(entry.direction === 'out' ? 'wire.out' : 'wire.in')}</span>
          </span>
          <Bytes line={line} entry={entry} hex={hex} perRow={perRow} words={words} />
          <Why call={entry.call} words={words} />
        </>
      )}
    </li>
  );
});

type Frame = Extract<WireEntry, { readonly hex: string }>;
type NoteEntry = Extract<WireEntry, { readonly direction: 'note' }>;

function Bytes({
  line,
  entry,
  hex,
  perRow,
  words: { t },
}: {
  readonly line: WireLine;
  readonly entry: Frame;
  readonly hex: boolean;
  readonly perRow: number;
  readonly words: Words;
}) {
  const [whole, setWhole] = useState(false);
  const { bytes } = line;
  const shown = whole ? bytes : bytes.subarray(0, SHOWN_BYTES);
  const rows = hex ? Math.ceil(shown.length / perRow) : 0;
  return (
    <span className="wire-bytes">
      {hex ? (
        <code className="hex">
          {Array.from({ length: rows }, (_, row) => {
            const part = shown.subarray(row * perRow, (row + 1) * perRow);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a row is where it is
              <span key={row} className="hex-row">
                <span className="hex-pairs">{hexOf(part).padEnd(perRow * 3 - 1, '\u00a0')}</span>
                <span className="hex-text">{textOf(part).replaceAll(/[\u2400-\u2421]/gu, '·')}</span>
              </span>
            );
          })}
        </code>
      ) : (
        <code>
          {textParts(shown).map((part, index) =>
            'text' in part ? (
              part.text
            ) : (
              // biome-ignore lint/suspicious/noArrayIndexKey: a part is where it is
              <span key={index} className="wire-control">
                {part.control}
              </span>
            ),
          )}
        </code>
      )}
      {shown.length < bytes.length && (
        <button type="button" className="link" onClick={() => setWhole(true)}>
          {t('wire.showBytes', { count: bytes.length })}
        </button>
      )}
      {entry.masked.length > 0 && <span className="tag">{t('wire.masked')}</span>}
      {entry.omitted > 0 && <span className="muted"> … {t('wire.omitted', { count: entry.omitted })}</span>}
    </span>
  );
}

function Note({ entry, words }: { readonly entry: NoteEntry; readonly words: Words }) {
  const { t } = words;
  const { code, text, lost } = entry;
  if (code === 'gap') {
    const word = lost == null ? t('wire.gapRestart') : t('wire.gap', { lines: lost.lines, bytes: lost.bytes });
    return (
      <span className="wire-note">
        <Mark look={{ shape: 'triangle', tone: 'attention' }} /> <strong>{word}</strong>
      </span>
    );
  }
  const isOurs = code === 'recording_started' || code === 'recording_stopped';
  const bad = code === 'lost' || code === 'failed';
  return (
    <>
      <span className="wire-note">
        {bad && <Mark look={{ shape: 'octagon-x', tone: 'error' }} />} <strong>{t(`wireNotes.${code}`)}</strong>
        {!isOurs && (
          <>
            {': '}
            <AgentText>{text}</AgentText>
          </>
        )}
      </span>
      {entry.call !== null && <Why call={entry.call} words={words} />}
    </>
  );
}

function Why({ call, words: { t } }: { readonly call: WireEntry['call']; readonly words: Words }) {
  if (call === null) return <span className="wire-why muted">{t('wire.unasked')}</span>;
  const purpose = t(`wirePurposes.${call.purpose}`);
  return (
    <span className="wire-why muted">
      {call.tool === null ? purpose : call.purpose === 'read' ? call.tool : `${call.tool}, ${purpose}`}
      {call.label !== null && (
        <>
          {' · '}
          <AgentText>{call.label}</AgentText>
        </>
      )}
      {call.journal_id !== null && (
        <>
          {' · '}
          <Link to={{ at: 'activity', rowId: call.journal_id }}>{t('actions.row')}</Link>
        </>
      )}
    </span>
  );
}
