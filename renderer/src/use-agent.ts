import { useEffect, useSyncExternalStore } from 'react';
import { RequestError, request, stream } from './api.ts';
import { applyEvent, emptyState, type LiveState } from './live-state.ts';
import {
  type Approval,
  approvalListSchema,
  approvalPinSchema,
  connectorSchema,
  deviceListSchema,
  readingListSchema,
  streamEventSchema,
  summaryListSchema,
} from './wire.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

let state: LiveState = emptyState;
let scheduled = false;
const listeners = new Set<() => void>();

/** Tells React at most once per animation frame, however many events came. */
function publish(next: LiveState): void {
  if (next === state) return;
  state = next;
  if (scheduled) return;
  scheduled = true;
  requestAnimationFrame(() => {
    scheduled = false;
    for (const listener of listeners) listener();
  });
}

const subscribe = (listener: () => void) => {
  listeners.add(listener);
  return () => listeners.delete(listener);
};

/** What the agent has told so far; live while the page is open. */
export function useLiveState(): LiveState {
  return useSyncExternalStore(subscribe, () => state);
}

/** Puts what an answer said into the page without waiting for its event. */
export function forgetConnector(id: string): void {
  publish(applyEvent(state, { type: 'connector_removed', connector_id: id }));
}

/** Puts the answer to a decision into the page without waiting for its event. */
export function noteApproval(approval: Approval): void {
  publish(applyEvent(state, { type: 'approval', approval }));
}

/** A PIN was set while the page was open. */
export function notePinNeeded(): void {
  publish({ ...state, pinSet: true });
}

async function refetch(signal: AbortSignal): Promise<void> {
  const connectors = new Map<string, LiveState['connectors'] extends ReadonlyMap<string, infer C> ? C : never>();
  let cursor: string | null = null;
  do {
    const query: string = cursor === null ? '' : `&cursor=${encodeURIComponent(cursor)}`;
    const page = summaryListSchema.parse(await request('GET', `/v1/connectors?limit=100${query}`, undefined, signal));
    const whole = await Promise.all(
      page.data.map(async ({ id }) =>
        connectorSchema.parse(await request('GET', `/v1/connectors/${id}`, undefined, signal)),
      ),
    );
    for (const connector of whole) connectors.set(connector.id, connector);
    cursor = page.next_cursor;
  } while (cursor !== null);
  const devices = deviceListSchema.parse(await request('GET', '/v1/devices', undefined, signal));
  const waiting = approvalListSchema.parse(
    await request('GET', '/v1/approvals?state=waiting&limit=100', undefined, signal),
  );
  const pin = approvalPinSchema.parse(await request('GET', '/v1/approvals/pin', undefined, signal));
  const ended = [...state.approvals].filter(([, approval]) => approval.state !== 'waiting');
  let next: LiveState = {
    ...state,
    link: 'live',
    connectors,
    approvals: new Map([...ended, ...waiting.data.map((approval) => [approval.id, approval] as const)]),
    pinSet: pin.set,
    devices: new Map(devices.data.map((device) => [device.id, device])),
  };
  for (const id of connectors.keys()) {
    const readings = readingListSchema.parse(await request('GET', `/v1/connectors/${id}/readings`, undefined, signal));
    for (const reading of readings.data) next = applyEvent(next, { type: 'reading', reading });
  }
  publish(next);
}

/** Follows the agent until `signal` aborts: the stream first, then what is there, so that nothing falls between. */
async function follow(signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    try {
      const messages = stream('/v1/stream', signal);
      const first = messages.next();
      // Awaited below; when the fetch fails first, its own rejection is the one that counts.
      first.catch(() => {});
      await refetch(signal);
      retryMs = FIRST_RETRY_MS;
      for (let result = await first; result.done !== true; result = await messages.next()) {
        const parsed = streamEventSchema.safeParse(JSON.parse(result.value.data));
        if (!parsed.success) continue;
        if (parsed.data.type === 'gap') await refetch(signal);
        else publish(applyEvent(state, parsed.data));
      }
    } catch (error) {
      if (error instanceof RequestError && (error.status === 401 || error.status === 403)) {
        publish({ ...emptyState, link: 'signed_out' });
        return;
      }
    }
    if (signal.aborted) return;
    publish({ ...state, link: 'lost' });
    await new Promise((resolve) => setTimeout(resolve, retryMs));
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  }
}

/** Keeps the page in step with the agent for as long as it is mounted. */
export function useAgent(): void {
  useEffect(() => {
    const ended = new AbortController();
    follow(ended.signal).catch(() => publish({ ...state, link: 'lost' }));
    return () => ended.abort();
  }, []);
}
