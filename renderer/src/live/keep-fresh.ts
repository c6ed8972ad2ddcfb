import { agentNow } from './clock.ts';
import { readings } from './readings.ts';
import { request } from './request.ts';
import { liveState } from './store.ts';
import { callAnswerSchema } from './wire.ts';

/** How often it is looked what has grown old, in milliseconds. */
const LOOK_MS = 1_000;
/** Questions on their way at once: a page is one of many that ask. */
const MOST_AT_ONCE = 4;
/** What did not answer is asked again after this long, in milliseconds; its health is looked after by the agent. */
const AFTER_FAILURE_MS = 60_000;

const shown = new Map<string, number>();
const asking = new Set<string>();
const restUntil = new Map<string, number>();
let timer: ReturnType<typeof setInterval> | null = null;

async function ask(connectorId: string, tool: string): Promise<void> {
  const key = `${connectorId}/${tool}`;
  asking.add(key);
  try {
    // The answer comes back over the stream as a reading, like every other.
    await request('POST', `/v1/connectors/${connectorId}/call`, callAnswerSchema, {
      body: { tool, arguments: {} },
      unattended: true,
    });
  } catch {
    restUntil.set(key, Date.now() + AFTER_FAILURE_MS);
  } finally {
    asking.delete(key);
  }
}

/** Reads what is in view and older than its device says a value should be. */
function look(): void {
  const { link, connectors } = liveState();
  if (document.hidden || link !== 'live') return;
  for (const connectorId of shown.keys()) {
    if (connectors.get(connectorId)?.health.state !== 'ok') continue;
    for (const { tool, at, expected_interval_ms: intervalMs } of readings.of(connectorId)) {
      if (asking.size >= MOST_AT_ONCE) return;
      const key = `${connectorId}/${tool}`;
      if (intervalMs === null || asking.has(key) || (restUntil.get(key) ?? 0) > Date.now()) continue;
      if (agentNow() - Date.parse(at) >= Math.max(intervalMs, LOOK_MS)) void ask(connectorId, tool);
    }
  }
}

/**
 * Keeps a connector's values no older than its device says they should be, for as long as somebody sees them. It asks only
 * what reads, and counts as no use of the session. Returns what ends it.
 */
export function keepFresh(connectorId: string): () => void {
  shown.set(connectorId, (shown.get(connectorId) ?? 0) + 1);
  timer ??= setInterval(look, LOOK_MS);
  return () => {
    const left = (shown.get(connectorId) ?? 1) - 1;
    if (left > 0) shown.set(connectorId, left);
    else shown.delete(connectorId);
    if (shown.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}
