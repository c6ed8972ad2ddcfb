import { useEffect, useState } from 'react';
import { agentNow } from '../../live/clock.ts';
import { ROW_INTERVAL_MS, readings } from '../../live/readings.ts';
import { pastReadingListSchema } from '../../live/wire.ts';
import { useFetched } from '../../parts/use-fetched.ts';
import { type Series, samplesOf, seriesOf } from './series.ts';

/** Values that a page keeps beyond what it fetched. */
const MOST_SAMPLES = 4_000;

/**
 * The course of a tool's quantities: what the agent has kept, and what came since. `held`: what comes is kept and not shown.
 */
export function useCourse(
  connectorId: string,
  tool: string,
  held: boolean,
): { readonly series: readonly Series[]; readonly nowMs: number } {
  const { fetched } = useFetched(
    `/v1/connectors/${connectorId}/readings/history?tool=${encodeURIComponent(tool)}&limit=1000`,
    pastReadingListSchema,
  );
  const [live, setLive] = useState<{ readonly series: readonly Series[]; readonly nowMs: number }>({
    series: [],
    nowMs: agentNow(),
  });

  useEffect(() => {
    if (fetched.state !== 'there') return;
    let series = seriesOf(tool, fetched.value.data);
    const show = () => setLive({ series, nowMs: agentNow() });
    show();
    const stop = readings.watch(connectorId, ROW_INTERVAL_MS, (reading) => {
      if (reading.tool !== tool) return;
      for (const [key, sample] of samplesOf(tool, reading)) {
        const known = series.find((each) => each.key === key);
        const last = known?.samples.at(-1);
        if (last !== undefined && last.atMs >= sample.atMs) continue;
        const samples = [...(known?.samples ?? []), sample].slice(-MOST_SAMPLES);
        series = [...series.filter((each) => each.key !== key), { key, tool, samples }];
      }
    });
    const drawing = setInterval(() => !held && show(), ROW_INTERVAL_MS * 2);
    return () => {
      stop();
      clearInterval(drawing);
    };
  }, [connectorId, tool, held, fetched]);

  return live;
}
