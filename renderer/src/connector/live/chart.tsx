import { useEffect, useRef } from 'react';
import uPlot from 'uplot';
import 'uplot/dist/uPlot.min.css';
import { columnsOf, type Sample, spanOf } from './series.ts';

const HEIGHT_PX = 220;

/** Draws one quantity over time. The picture is for the eye; what it says stands beside it in words and as a table. */
export function Chart({
  samples,
  fromMs,
  toMs,
  intervalMs,
  label,
  unit,
  locale,
}: {
  readonly samples: readonly Sample[];
  readonly fromMs: number;
  readonly toMs: number;
  /** How often a value is kept: a longer silence is a hole. */
  readonly intervalMs: number;
  /** One sentence that says what the picture shows. */
  readonly label: string;
  readonly unit: string;
  readonly locale: string;
}) {
  const place = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const view = useRef({ samples, fromMs, toMs });
  view.current = { samples, fromMs, toMs };

  useEffect(() => {
    const element = place.current;
    if (element === null) return;
    const style = getComputedStyle(element);
    const colour = (name: string) => style.getPropertyValue(name).trim();
    const axis = {
      stroke: colour('--text'),
      grid: { stroke: colour('--divider'), width: 1 },
      ticks: { stroke: colour('--divider'), width: 1 },
    };
    const time = new Intl.DateTimeFormat(locale, { hour: '2-digit', minute: '2-digit', second: '2-digit' });
    const number = new Intl.NumberFormat(locale, { maximumFractionDigits: 6 });
    const made = new uPlot(
      {
        width: element.clientWidth,
        height: HEIGHT_PX,
        legend: { show: false },
        cursor: { drag: { x: false, y: false } },
        scales: {
          x: { time: true, range: () => [view.current.fromMs / 1000, view.current.toMs / 1000] },
          y: { range: () => [...spanOf(view.current.samples)] },
        },
        axes: [
          { ...axis, values: (_, ticks) => ticks.map((tick) => time.format(tick * 1000)) },
          { ...axis, size: 64, label: unit, values: (_, ticks) => ticks.map((tick) => number.format(tick)) },
        ],
        series: [
          {},
          { stroke: colour('--chart-1') || colour('--accent'), width: 2, spanGaps: false, points: { size: 4 } },
        ],
      },
      [[], []],
      element,
    );
    plot.current = made;
    const sized = new ResizeObserver(() => made.setSize({ width: element.clientWidth, height: HEIGHT_PX }));
    sized.observe(element);
    return () => {
      sized.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [locale, unit]);

  useEffect(() => {
    const [times, values] = columnsOf(
      samples.filter(({ atMs }) => atMs >= fromMs && atMs <= toMs),
      intervalMs,
    );
    plot.current?.setData([[...times], [...values]]);
  }, [samples, fromMs, toMs, intervalMs]);

  return <div ref={place} className="chart" role="img" aria-label={label} />;
}
