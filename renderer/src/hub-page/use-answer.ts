import { useCallback, useEffect, useState } from 'react';
import type { z } from 'zod';
import { request } from '../live/request.ts';
import { toRequestError } from '../parts/problem.tsx';
import type { Fetched } from '../parts/use-fetched.ts';
import { useHub } from './live.ts';

/**
 * What `GET path` answers; asked again when the path or `reason` changes, when the hub was lost and is back, and by `again`,
 * while what was there stays on the screen. Null asks for nothing.
 */
export function useAnswer<Answer>(
  path: string | null,
  schema: z.ZodType<Answer>,
  reason = 0,
): { readonly fetched: Fetched<Answer>; readonly again: () => void } {
  const generation = useHub((state) => state.generation);
  const [asked, setAsked] = useState(0);
  const [result, setResult] = useState<{ readonly path: string | null; readonly fetched: Fetched<Answer> }>({
    path: null,
    fetched: { state: 'loading' },
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked`, `reason` and `generation` are reasons to ask again
  useEffect(() => {
    if (path === null || generation === 0) return;
    const left = new AbortController();
    request('GET', path, schema, { signal: left.signal, unattended: true })
      .then((value) => setResult({ path, fetched: { state: 'there', value } }))
      .catch((error: unknown) => {
        if (left.signal.aborted) return;
        // While the hub is lost, what was there is better than nothing, and is marked as old.
        setResult((before) =>
          before.path === path && before.fetched.state === 'there'
            ? before
            : { path, fetched: { state: 'failed', error: toRequestError(error) } },
        );
      });
    return () => left.abort();
  }, [path, schema, asked, reason, generation]);
  const again = useCallback(() => setAsked((times) => times + 1), []);
  return { fetched: result.path === path ? result.fetched : { state: 'loading' }, again };
}
