import { useEffect, useState } from 'react';
import { failureIn, type RequestError, request } from '../live/request.ts';
import { streamMessages } from '../live/stream.ts';
import {
  type IdentifyProgress,
  type IdentifyReport,
  identifyProgressSchema,
  identifyReportSchema,
} from '../live/wire.ts';
import { toRequestError } from '../parts/problem.tsx';

/** What asking the device who it is has come to. */
export type Asking =
  | { readonly state: 'idle' }
  | { readonly state: 'asking'; readonly progress: IdentifyProgress | null }
  | { readonly state: 'answered'; readonly report: IdentifyReport }
  | { readonly state: 'failed'; readonly error: RequestError };

/** As what the device is asked; without a listing as every family that can be asked without risk. */
const bodyOf = (listing: string, config: object) => (listing === '' ? {} : { listing, config });

/** What would be sent to the device, before it is: as every family, or as one driver asks. Null while it is not known. */
export function usePlan(deviceId: string, listing: string, config: object): IdentifyReport | null {
  const body = JSON.stringify({ ...bodyOf(listing, config), dry_run: true });
  const [report, setReport] = useState<IdentifyReport | null>(null);
  useEffect(() => {
    setReport(null);
    const left = new AbortController();
    request('POST', `/v1/devices/${deviceId}/identify`, identifyReportSchema, {
      body: JSON.parse(body),
      signal: left.signal,
      unattended: true,
    })
      .then(setReport)
      // A device that can't be asked at all says so when it is asked.
      .catch(() => {});
    return () => left.abort();
  }, [deviceId, body]);
  return report;
}

/** Asks the device who it is, when a person presses the button; tells how far it is. */
export function useIdentify(deviceId: string): {
  readonly asking: Asking;
  readonly ask: (listing: string, config: object) => Promise<IdentifyReport | null>;
} {
  const [asking, setAsking] = useState<Asking>({ state: 'idle' });
  const ask = async (listing: string, config: object) => {
    setAsking({ state: 'asking', progress: null });
    try {
      const messages = await streamMessages(`/v1/devices/${deviceId}/identify`, new AbortController().signal, {
        method: 'POST',
        body: bodyOf(listing, config),
      });
      for await (const { event, data } of messages) {
        if (event === 'progress')
          setAsking({ state: 'asking', progress: identifyProgressSchema.parse(JSON.parse(data)) });
        else if (event === 'report') {
          const report = identifyReportSchema.parse(JSON.parse(data));
          setAsking({ state: 'answered', report });
          return report;
        } else if (event === 'error') throw failureIn(502, JSON.parse(data));
      }
      throw new Error('The answer ended before the device had answered.');
    } catch (error) {
      setAsking({ state: 'failed', error: toRequestError(error) });
      return null;
    }
  };
  return { asking, ask };
}
