import { useSyncExternalStore } from 'react';

/** The polite region speaks at most this often, in milliseconds; of what came meanwhile the latest is said. */
const POLITE_INTERVAL_MS = 5_000;

interface Spoken {
  readonly polite: string;
  readonly assertive: string;
}

let spoken: Spoken = { polite: '', assertive: '' };
let lastMs = Number.NEGATIVE_INFINITY;
let waiting: string | null = null;
let speaking = false;
const listeners = new Set<() => void>();

function put(next: Partial<Spoken>): void {
  spoken = { ...spoken, ...next };
  for (const listener of listeners) listener();
}

function sayWaiting(): void {
  speaking = false;
  if (waiting === null) return;
  lastMs = Date.now();
  put({ polite: waiting });
  waiting = null;
}

/** Has a screen reader say it when it comes to it: outcomes, changes of state, new devices. Never readings. */
export function announce(text: string): void {
  waiting = text;
  if (speaking) return;
  speaking = true;
  setTimeout(sayWaiting, Math.max(0, lastMs + POLITE_INTERVAL_MS - Date.now()));
}

/** Has a screen reader say it at once: the agent is lost, an approval waits, an outcome is not known. */
export function announceAtOnce(text: string): void {
  put({ assertive: text });
}

/** What the two regions say. */
export function useSpoken(): Spoken {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => spoken,
  );
}
