import { useSyncExternalStore } from 'react';

/** A difference to the agent's clock that is worth a word, in milliseconds. `Date` headers are exact to a second. */
const WORTH_A_WORD_MS = 3_000;

let agentAheadMs = 0;
let nowMs = Date.now();
let timer: ReturnType<typeof setInterval> | null = null;
const listeners = new Set<() => void>();

/** The agent's time in milliseconds, as far as it is known: all ages on the page are told by it. */
export function agentNow(): number {
  return Date.now() + agentAheadMs;
}

/** How far this browser's clock is from the agent's, in milliseconds, when that is worth a word; else 0. */
export function clockDifference(): number {
  return agentAheadMs;
}

/** Takes the agent's time from an answer's `Date` header; small differences are the header's own coarseness. */
export function noteAgentTime(dateHeader: string | null): void {
  const at = dateHeader === null ? Number.NaN : Date.parse(dateHeader);
  if (Number.isNaN(at)) return;
  const ahead = at + 500 - Date.now();
  agentAheadMs = Math.abs(ahead) < WORTH_A_WORD_MS ? 0 : ahead;
}

function tick(): void {
  nowMs = agentNow();
  for (const listener of listeners) listener();
}

/** Called once a second, with all others in one go; returns what ends it. */
export function subscribeClock(listener: () => void): () => void {
  listeners.add(listener);
  if (timer === null) {
    nowMs = agentNow();
    timer = setInterval(tick, 1_000);
  }
  return () => {
    listeners.delete(listener);
    if (listeners.size > 0 || timer === null) return;
    clearInterval(timer);
    timer = null;
  };
}

/** The agent's time in milliseconds, once a second. For single ages use `Age`, which does not draw React again. */
export function useNow(): number {
  return useSyncExternalStore(subscribeClock, () => nowMs);
}
