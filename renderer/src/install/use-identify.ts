import { useEffect, useState } from 'react';
import { type RequestError, request } from '../live/request.ts';
import { type IdentifyReport, identifyReportSchema } from '../live/wire.ts';
import { toRequestError } from '../parts/problem.tsx';

/** What asking the device who it is has come to. */
export type Asking =
  | { readonly state: 'idle' }
  | { readonly state: 'asking' }
  | { readonly state: 'answered'; readonly report: IdentifyReport }
  | { readonly state: 'failed'; readonly error: RequestError };

/** What would be sent to the device, before it is; null while that is not known. */
export function useRehearsal(deviceId: string, listing: string, config: object): IdentifyReport | null {
  const [report, setReport] = useState<IdentifyReport | null>(null);
  const asked = JSON.stringify(config);
  useEffect(() => {
    setReport(null);
    if (listing === '') return;
    const left = new AbortController();
    // Each key typed changes what would be sent; the last one counts.
    const timer = setTimeout(() => {
      request('POST', `/v1/devices/${deviceId}/identify`, identifyReportSchema, {
        body: { listing, config: JSON.parse(asked), dry_run: true },
        signal: left.signal,
      })
        .then(setReport)
        // Settings that are not whole yet: what would be sent is not known before they are.
        .catch(() => {});
    }, 300);
    return () => {
      clearTimeout(timer);
      left.abort();
    };
  }, [deviceId, listing, asked]);
  return report;
}

/** Asks the device who it is, when a person presses the button. */
export function useIdentify(deviceId: string): {
  readonly asking: Asking;
  readonly ask: (listing: string, config: object) => Promise<void>;
} {
  const [asking, setAsking] = useState<Asking>({ state: 'idle' });
  const ask = async (listing: string, config: object) => {
    setAsking({ state: 'asking' });
    try {
      const report = await request('POST', `/v1/devices/${deviceId}/identify`, identifyReportSchema, {
        body: { listing, config },
      });
      setAsking({ state: 'answered', report });
    } catch (error) {
      setAsking({ state: 'failed', error: toRequestError(error) });
    }
  };
  return { asking, ask };
}
