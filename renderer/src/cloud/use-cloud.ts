import { useCallback, useEffect, useState } from 'react';
import { request } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import {
  type CloudStanding,
  cloudSchema,
  type FibricCloud,
  fibricCloudSchema,
  type Outbox,
  outboxSchema,
} from '../live/wire.ts';
import { toRequestError } from '../parts/problem.tsx';
import type { Fetched } from '../parts/use-fetched.ts';

/** The stream does not tell of pairing and link, so that they are looked at while somebody sees this place. */
const LOOK_MS = 2_000;

/** How this machine stands to its cloud, of whichever kind, and what is on its way there. */
export interface CloudFacts {
  readonly cloud: CloudStanding;
  readonly fibric: FibricCloud;
  readonly outbox: Outbox;
}

/** Looks every two seconds; what was seen stays when the agent is lost. `took`: an answer that is newer than the last look. */
export function useCloud(): { readonly fetched: Fetched<CloudFacts>; readonly took: (cloud: CloudStanding) => void } {
  const generation = useLive((state) => state.generation);
  const [fetched, setFetched] = useState<Fetched<CloudFacts>>({ state: 'loading' });
  useEffect(() => {
    if (generation === 0) return;
    const left = new AbortController();
    const options = { signal: left.signal, unattended: true };
    const lookOnce = async () => {
      try {
        const [cloud, fibric, outbox] = await Promise.all([
          request('GET', '/v1/cloud', cloudSchema, options),
          request('GET', '/v1/cloud/fibric', fibricCloudSchema, options),
          request('GET', '/v1/outbox', outboxSchema, options),
        ]);
        setFetched({ state: 'there', value: { cloud, fibric, outbox } });
      } catch (error) {
        if (left.signal.aborted) return;
        setFetched((before) => (before.state === 'there' ? before : { state: 'failed', error: toRequestError(error) }));
      }
    };
    void lookOnce();
    const timer = setInterval(() => !document.hidden && void lookOnce(), LOOK_MS);
    return () => {
      clearInterval(timer);
      left.abort();
    };
  }, [generation]);
  const took = useCallback(
    (cloud: CloudStanding) =>
      setFetched((before) =>
        before.state === 'there' ? { state: 'there', value: { ...before.value, cloud } } : before,
      ),
    [],
  );
  return { fetched, took };
}
