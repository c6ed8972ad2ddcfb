import { useEffect, useState } from 'react';
import { BIG_INTERVAL_MS, readings } from '../../live/readings.ts';
import { useLive } from '../../live/store.ts';
import type { Connector } from '../../live/wire.ts';
import { Mark } from '../../parts/mark.tsx';
import { useWords } from '../../words/language.ts';
import { deviceLooks } from '../../words/states.table.ts';
import {
  type PrinterPart,
  type PrinterReading,
  partsOfPrinter,
  printerReadingSchema,
  troublesOf,
} from './printer-state.ts';
import './printer.css';

/**
 * A printer as a picture: its lid, its paper, its blade and its lamp, each as it is, the part in trouble with its mark. What
 * the picture says stands beside it in words. When the printer does not answer, the picture is the last one, and says so.
 */
export function PrinterPicture({ connector }: { readonly connector: Connector }) {
  const { t, find } = useWords();
  const { id, health } = connector;
  const [reading, setReading] = useState<PrinterReading | null>(null);
  const lost = useLive((state) => state.link === 'lost');
  useEffect(
    () =>
      readings.watch(id, BIG_INTERVAL_MS, ({ tool, value }) => {
        const parsed = tool === 'printer.read' ? printerReadingSchema.safeParse(value) : null;
        if (parsed?.success !== true) return;
        setReading((before) => (JSON.stringify(before) === JSON.stringify(parsed.data) ? before : parsed.data));
      }),
    [id],
  );
  if (reading === null) return null;
  const old = lost || health.state === 'error';
  // What it was is no mark of what it is.
  const parts = partsOfPrinter(reading).map((part) => (old ? { ...part, look: deviceLooks.absent } : part));
  const wordOf = ({ value }: PrinterPart) => find('values', value) ?? value;
  const troubles = troublesOf(parts);
  return (
    <section className={old ? 'card printer old' : 'card printer'} aria-labelledby={`printer-${id}`}>
      <h2 id={`printer-${id}`}>{t('printer.title')}</h2>
      {old && <p className="muted">{t('printer.old')}</p>}
      <div className="printer-view">
        <Drawing parts={parts} />
        <dl className="printer-parts">
          {parts.map((part) => (
            <div key={part.key} data-part={part.key} data-value={part.value}>
              <dt>{find('fields', part.key) ?? part.key}</dt>
              <dd className="state">
                <Mark look={part.look} />
                <span className={`state-word tone-${part.look.tone}`}>{wordOf(part)}</span>
              </dd>
            </div>
          ))}
        </dl>
      </div>
      {!old && (
        <p>
          {reading.ready
            ? t('printer.ready')
            : [...troubles.map(({ key, value }) => find('printerSteps', `${key}_${value}`)), t('printer.refused')]
                .filter((text) => text !== null)
                .join(' ')}
        </p>
      )}
    </section>
  );
}

/** The same in lines. Open, empty and stuck are other shapes, not other colours. */
function Drawing({ parts }: { readonly parts: readonly PrinterPart[] }) {
  const is = (key: PrinterPart['key']) => parts.find((part) => part.key === key)?.value ?? 'unknown';
  const toneOf = (key: PrinterPart['key']) => {
    const tone = parts.find((part) => part.key === key)?.look.tone ?? 'off';
    return tone === 'error' || tone === 'attention' ? ` tone-${tone} trouble` : '';
  };
  const paper = is('paper');
  const open = is('cover') === 'open';
  const stuck = is('cutter') === 'stuck';
  const online = is('online');
  return (
    <svg
      className="printer-drawing"
      viewBox="0 0 160 120"
      aria-hidden="true"
      data-cover={is('cover')}
      data-paper={paper}
    >
      <path className="body" d="M14 56h132a8 8 0 0 1 8 8v40a8 8 0 0 1-8 8H14a8 8 0 0 1-8-8V64a8 8 0 0 1 8-8z" />
      <g className={`paper${toneOf('paper')}`}>
        {paper === 'out' ? (
          // An empty spindle.
          <path strokeDasharray="4 4" d="M64 84a16 16 0 1 0 32 0 16 16 0 1 0-32 0M76 84a4 4 0 1 0 8 0 4 4 0 1 0-8 0" />
        ) : (
          <>
            <path
              d={
                paper === 'near_end' || paper === 'low'
                  ? 'M72 84a8 8 0 1 0 16 0 8 8 0 1 0-16 0'
                  : 'M60 84a20 20 0 1 0 40 0 20 20 0 1 0-40 0'
              }
            />
            <path d="M76 84a4 4 0 1 0 8 0 4 4 0 1 0-8 0" />
            {!open && <path className="slip" d="M52 56V12l7 5 7-5 7 5 7-5 7 5 7-5 7 5 7-5v44" />}
            {!open && <path className="print" d="M62 28h36M62 36h28M62 44h32" />}
          </>
        )}
      </g>
      <g className={`lid${toneOf('cover')}`}>
        {open ? <path d="M14 56 30 8h12L30 56" /> : <path d="M14 56l6-10h26M114 46h26l6 10" />}
      </g>
      <g className={`cutter${toneOf('cutter')}`}>
        {stuck ? (
          <path d="M44 62l8-8 8 8 8-8 8 8 8-8 8 8 8-8 8 8 8-8M104 66l16 14M120 66l-16 14" />
        ) : (
          <path d="M46 58h68" strokeDasharray="5 3" />
        )}
      </g>
      <g className={`lamp${toneOf('online')}`}>
        <path className={online === 'yes' ? 'solid' : undefined} d="M22 98a5 5 0 1 0 10 0 5 5 0 1 0-10 0" />
        {online === 'no' && <path d="M20 91l14 14M34 91l-14 14" />}
      </g>
    </svg>
  );
}
