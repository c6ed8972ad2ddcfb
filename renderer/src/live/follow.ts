import { requestFrame } from './frames.ts';
import { readings } from './readings.ts';
import { RequestError, request } from './request.ts';
import { rest } from './retry.ts';
import { applyEvent, emptyState, type LiveState, liveState, setLiveState } from './store.ts';
import { streamMessages } from './stream.ts';
import {
  agentHealthSchema,
  approvalListSchema,
  approvalPinSchema,
  listingListSchema,
  overviewSchema,
  type StreamEvent,
  streamEventSchema,
} from './wire.ts';

const FIRST_RETRY_MS = 250;
const LONGEST_RETRY_MS = 5_000;

let gathered: StreamEvent[] = [];
const watchers = new Set<(event: StreamEvent) => unknown>();

/** Called with every event of the agent's stream, once per animation frame at most, in order; returns what ends it. */
export function watchEvents(watcher: (event: StreamEvent) => unknown): () => void {
  watchers.add(watcher);
  return () => void watchers.delete(watcher);
}

/** Takes in all that was gathered since the last frame: state first, then the texts that show readings. */
function takeIn(): number | null {
  const events = gathered;
  gathered = [];
  let next = liveState();
  for (const event of events) {
    if (event.type === 'reading') readings.put(event.reading);
    else if (event.type === 'connector_removed') readings.forget(event.connector_id);
    next = applyEvent(next, event);
  }
  setLiveState(next);
  for (const event of events) for (const watcher of watchers) watcher(event);
  return readings.flush(performance.now());
}

function gather(event: StreamEvent): void {
  gathered.push(event);
  requestFrame(takeIn);
}

async function fetchAll(signal: AbortSignal): Promise<void> {
  const [overview, approvals, pin, agent] = await Promise.all([
    request('GET', '/v1/overview', overviewSchema, { signal, unattended: true }),
    request('GET', '/v1/approvals?state=waiting&limit=100', approvalListSchema, { signal, unattended: true }),
    request('GET', '/v1/approvals/pin', approvalPinSchema, { signal, unattended: true }),
    request('GET', '/v1/health', agentHealthSchema, { signal, unattended: true }),
  ]);
  const before = liveState();
  const connectors = new Map(overview.connectors.map((connector) => [connector.id, connector]));
  readings.keepOnly(new Set(connectors.keys()));
  for (const reading of overview.readings) readings.put(reading);
  const ended = [...before.approvals].filter(([, approval]) => approval.state !== 'waiting');
  const next: LiveState = {
    link: 'live',
    lostSinceMs: null,
    connectors,
    devices: new Map(overview.devices.map((device) => [device.id, device])),
    approvals: new Map([...ended, ...approvals.data.map((approval) => [approval.id, approval] as const)]),
    pinSet: pin.set,
    paused: agent.paused,
    agent,
    listings: before.listings,
    generation: before.generation + 1,
  };
  setLiveState(next);
  requestFrame(takeIn);
  // The first picture does not wait for it; an agent that came back may be another version.
  const listings = await request('GET', '/v1/listings', listingListSchema, { signal, unattended: true });
  setLiveState({ ...liveState(), listings: new Map(listings.data.map((listing) => [listing.id, listing])) });
}

/** Follows the agent until `signal` aborts: the stream first, then what is there, so that nothing falls between. */
export async function follow(signal: AbortSignal): Promise<void> {
  let retryMs = FIRST_RETRY_MS;
  while (!signal.aborted) {
    try {
      const messages = await streamMessages('/v1/stream', signal);
      await fetchAll(signal);
      retryMs = FIRST_RETRY_MS;
      for await (const { data } of messages) {
        const parsed = streamEventSchema.safeParse(JSON.parse(data));
        if (!parsed.success) continue;
        if (parsed.data.type === 'gap') await fetchAll(signal);
        gather(parsed.data);
      }
    } catch (error) {
      if (error instanceof RequestError && (error.status === 401 || error.status === 403)) {
        setLiveState({ ...emptyState, link: 'signed_out' });
        return;
      }
    }
    if (signal.aborted) return;
    const { lostSinceMs } = liveState();
    setLiveState({ ...liveState(), link: 'lost', lostSinceMs: lostSinceMs ?? Date.now() });
    await rest(retryMs, signal);
    retryMs = Math.min(LONGEST_RETRY_MS, retryMs * 2);
  }
}
