import { useCallback, useEffect, useRef, useState } from 'react';
import { type RequestError, request } from '../../live/request.ts';
import { streamMessages } from '../../live/stream.ts';
import { type WireLog, wireLogSchema } from '../../live/wire.ts';
import { toRequestError } from '../../parts/problem.tsx';
import { type WireLine, wireLine } from './wire-line.ts';

/** Lines that the page keeps, the newest. */
const KEPT_LINES = 5_000;
const FIRST_RETRY_MS = 500;
const LONGEST_RETRY_MS = 5_000;

/** What the page knows of a connector's wire. */
export interface WireLogView {
  /** Null: not known yet. */
  readonly recording: WireLog['recording'] | null;
  readonly lines: readonly WireLine[];
  /** The stream was cut off and is opened again. */
  readonly cutOff: boolean;
  /** What keeps the log from being read. */
  readonly problem: RequestError | null;
}

const nothing: WireLogView = { recording: null, lines: [], cutOff: false, problem: null };

/** Follows a connector's log, over interruptions; and begins, ends and deletes it. What these can't do they reject with. */
export function useWireLog(connectorId: string) {
  const [view, setView] = useState<WireLogView>(nothing);
  const next = useRef(0);

  useEffect(() => {
    const left = new AbortController();
    const { signal } = left;
    next.current = 0;
    setView(nothing);
    const take = ({ entries, recording }: WireLog) => {
      const more = entries.map((entry) => {
        next.current += 1;
        return wireLine(next.current, entry);
      });
      setView(({ lines }) => ({
        recording,
        lines: more.length === 0 ? lines : [...lines, ...more].slice(-KEPT_LINES),
        cutOff: false,
        problem: null,
      }));
    };
    const follow = async () => {
      let cursor: string | null = null;
      let retryMs = FIRST_RETRY_MS;
      while (!signal.aborted) {
        try {
          const query: string = cursor === null ? '' : `?after=${encodeURIComponent(cursor)}`;
          for await (const { event, data } of await streamMessages(
            `/v1/connectors/${connectorId}/wire/stream${query}`,
            signal,
          )) {
            if (event !== 'wire') continue;
            const part = wireLogSchema.parse(JSON.parse(data));
            ({ cursor } = part);
            retryMs = FIRST_RETRY_MS;
            take(part);
          }
        } catch (error) {
          if (signal.aborted) return;
          const problem = toRequestError(error);
          if (problem.status >= 400 && problem.status < 500 && problem.status !== 429) {
            setView((before) => ({ ...before, problem }));
            return;
          }
        }
        if (signal.aborted) return;
        setView((before) => ({ ...before, cutOff: true }));
        await new Promise((resolve) => setTimeout(resolve, retryMs));
        retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
      }
    };
    void follow();
    return () => left.abort();
  }, [connectorId]);

  const path = `/v1/connectors/${connectorId}/wire`;
  const record = useCallback(
    async (forS: number | null) => {
      const body = forS === null ? { recording: false } : { recording: true, for_s: forS };
      const { recording } = await request('PUT', path, wireLogSchema, { body });
      setView((before) => ({ ...before, recording }));
    },
    [path],
  );
  const clear = useCallback(async () => {
    const { recording } = await request('DELETE', path, wireLogSchema);
    setView((before) => ({ ...before, recording, lines: [] }));
  }, [path]);
  return { view, record, clear };
}
