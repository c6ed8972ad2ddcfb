import { useCallback, useEffect, useState } from 'react';
import type { z } from 'zod';
import { type RequestError, request } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import { toRequestError } from './problem.tsx';

/** What a place asked the agent for. */
export type Fetched<Answer> =
  | { readonly state: 'loading' }
  | { readonly state: 'there'; readonly value: Answer }
  | { readonly state: 'failed'; readonly error: RequestError };

/**
 * What `GET path` answers; asked again when the path changes, when the agent was lost and is back, and by `again`, while
 * what was there stays on the screen. Null asks for nothing.
 */
export function useFetched<Answer>(
  path: string | null,
  schema: z.ZodType<Answer>,
): { readonly fetched: Fetched<Answer>; readonly again: () => void } {
  const generation = useLive((state) => state.generation);
  const [asked, setAsked] = useState(0);
  const [result, setResult] = useState<{ readonly path: string | null; readonly fetched: Fetched<Answer> }>({
    path: null,
    fetched: { state: 'loading' },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` and `generation` are reasons to ask again
  useEffect(() => {
    if (path === null || generation === 0) return;
    const left = new AbortController();
    request('GET', path, schema, { signal: left.signal })
      .then((value) => setResult({ path, fetched: { state: 'there', value } }))
      .catch((error: unknown) => {
        if (!left.signal.aborted) setResult({ path, fetched: { state: 'failed', error: toRequestError(error) } });
      });
    return () => left.abort();
  }, [path, schema, asked, generation]);
  const again = useCallback(() => setAsked((times) => times + 1), []);
  return { fetched: result.path === path ? result.fetched : { state: 'loading' }, again };
}
