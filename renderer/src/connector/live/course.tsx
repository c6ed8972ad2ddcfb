import { lazy, Suspense, useState } from 'react';
import { usePageKey } from '../../frame/keys.ts';
import { Link, useLocation } from '../../frame/router.tsx';
import { useWords } from '../../words/language.ts';
import { displayDecimal, displayUnit } from '../../words/numbers.ts';
import { displayClock } from '../../words/times.ts';
import type { Sample, Series } from './series.ts';
import { useCourse } from './use-course.ts';

const Chart = lazy(async () => ({ default: (await import('./chart.tsx')).Chart }));

const ranges = { '1m': 60_000, '5m': 300_000, '1h': 3_600_000, '24h': 86_400_000 } as const;
type Range = keyof typeof ranges;
const rangeNames: readonly Range[] = ['1m', '5m', '1h', '24h'];
const usual: Range = '5m';
const rangeKeys = {
  '1m': 'connector.range1m',
  '5m': 'connector.range5m',
  '1h': 'connector.range1h',
  '24h': 'connector.range24h',
} as const;

/** A measured value is kept every second at most; one that stays the same, every minute (the agent's own rule). */
const KEPT_MS = 60_000;
/** Rows of the table; older ones are in the agent. */
const TABLE_ROWS = 200;

/** The course of what a tool reads, as charts or as a table. */
export function Course({ connectorId, tool }: { readonly connectorId: string; readonly tool: string }) {
  const { t } = useWords();
  const { query } = useLocation();
  const range = rangeNames.find((name) => name === query.get('range')) ?? usual;
  const [held, setHeld] = useState(false);
  const [asTable, setAsTable] = useState(false);
  usePageKey('p', () => setHeld((now) => !now));
  const { series, nowMs } = useCourse(connectorId, tool, held);
  // Not every reading is a quantity.
  if (series.length === 0) return null;
  return (
    <section className="card" data-course={tool}>
      <div className="filters">
        <nav className="chips" aria-label={t('connector.rangeLabel')}>
          {rangeNames.map((each) => (
            <Link
              key={each}
              to={{ at: 'connector', connectorId, tab: 'live' }}
              query={{ range: each === usual ? null : each }}
              aria-current={each === range ? 'true' : undefined}
            >
              {t(rangeKeys[each])}
            </Link>
          ))}
        </nav>
        <div className="actions">
          <button type="button" aria-pressed={held} onClick={() => setHeld(!held)}>
            {t(held ? 'connector.goOn' : 'connector.holdChart')}
          </button>
          <button type="button" onClick={() => setAsTable(!asTable)}>
            {t(asTable ? 'connector.asChart' : 'connector.asTable')}
          </button>
        </div>
      </div>
      {series.map((each) => (
        <One key={each.key} series={each} fromMs={nowMs - ranges[range]} toMs={nowMs} asTable={asTable} />
      ))}
    </section>
  );
}

function One({
  series,
  fromMs,
  toMs,
  asTable,
}: {
  readonly series: Series;
  readonly fromMs: number;
  readonly toMs: number;
  readonly asTable: boolean;
}) {
  const { t, find, locale } = useWords();
  const name = find('fields', series.key) ?? series.key;
  const shown = series.samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs);
  const last = shown.at(-1);
  if (last === undefined) return <p className="muted">{t('connector.chartEmpty')}</p>;
  const clock = (sample: Sample) => displayClock(new Date(sample.atMs).toISOString(), locale, toMs);
  const [low, high] = extremes(shown, last);
  const label = t('connector.chartSummary', {
    what: name,
    count: shown.length,
    from: clock(shown[0] ?? last),
    to: clock(last),
    low: displayDecimal(low.text, locale),
    high: displayDecimal(high.text, locale),
  });
  if (asTable) {
    return (
      <table>
        <caption>{label}</caption>
        <thead>
          <tr>
            <th scope="col">{t('connector.time')}</th>
            <th scope="col">
              {name} {displayUnit(last.unit)}
            </th>
          </tr>
        </thead>
        <tbody>
          {shown
            .slice(-TABLE_ROWS)
            .reverse()
            .map((sample) => (
              <tr key={sample.atMs}>
                <td>{clock(sample)}</td>
                <td className="number">{displayDecimal(sample.text, locale)}</td>
              </tr>
            ))}
        </tbody>
      </table>
    );
  }
  return (
    <Suspense fallback={<div className="chart" />}>
      <Chart
        samples={shown}
        fromMs={fromMs}
        toMs={toMs}
        intervalMs={KEPT_MS}
        label={label}
        unit={displayUnit(last.unit)}
        locale={locale}
      />
    </Suspense>
  );
}

function extremes(samples: readonly Sample[], any: Sample): readonly [Sample, Sample] {
  return samples.reduce<readonly [Sample, Sample]>(
    ([low, high], sample) => [sample.value < low.value ? sample : low, sample.value > high.value ? sample : high],
    [any, any],
  );
}
