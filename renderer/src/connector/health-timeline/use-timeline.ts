import { useEffect, useState } from 'react';
import { agentNow } from '../../live/clock.ts';
import { watchEvents } from '../../live/follow.ts';
import { request } from '../../live/request.ts';
import { useLive } from '../../live/store.ts';
import type { HealthTimelineAnswer } from '../../live/wire.ts';
import { healthTimelineSchema } from '../../live/wire.ts';
import { toRequestError } from '../../parts/problem.tsx';
import type { Fetched } from '../../parts/use-fetched.ts';

/** How often the picture moves on while nothing changes, in milliseconds. */
const MOVES_MS = 60_000;
/** A device that comes and goes many times a second is not asked about each time. */
const SETTLES_MS = 500;

/** How a connector was in the last `backMs`, up to now: asked again when its state changes, and once a minute. */
export function useTimeline(connectorId: string, backMs: number): Fetched<HealthTimelineAnswer> {
  const generation = useLive((state) => state.generation);
  const [fetched, setFetched] = useState<{ readonly of: string; readonly what: Fetched<HealthTimelineAnswer> }>({
    of: '',
    what: { state: 'loading' },
  });
  const of = `${connectorId}/${backMs}`;
  useEffect(() => {
    if (generation === 0) return;
    const left = new AbortController();
    let timer: ReturnType<typeof setTimeout>;
    const ask = () => {
      clearTimeout(timer);
      timer = setTimeout(ask, MOVES_MS);
      if (document.hidden) return;
      const since = new Date(agentNow() - backMs).toISOString();
      const path = `/v1/connectors/${connectorId}/health?since=${encodeURIComponent(since)}`;
      // It stands there by itself: that is no use of the session.
      request('GET', path, healthTimelineSchema, { signal: left.signal, unattended: true })
        .then((value) => setFetched({ of, what: { state: 'there', value } }))
        .catch((error: unknown) => {
          if (!left.signal.aborted) setFetched({ of, what: { state: 'failed', error: toRequestError(error) } });
        });
    };
    let told = '';
    const unwatch = watchEvents((event) => {
      if (event.type !== 'connector' || event.connector.id !== connectorId) return;
      const { state, reason } = event.connector.health;
      const now = `${state}/${reason}`;
      if (now === told) return;
      told = now;
      clearTimeout(timer);
      timer = setTimeout(ask, SETTLES_MS);
    });
    ask();
    return () => {
      left.abort();
      clearTimeout(timer);
      unwatch();
    };
  }, [connectorId, backMs, of, generation]);
  return fetched.of === of ? fetched.what : { state: 'loading' };
}
