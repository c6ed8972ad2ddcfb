import { useSyncExternalStore } from 'react';

const STORAGE_KEY = 'fibric-edge.ignored-devices';

function kept(): ReadonlySet<string> {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(STORAGE_KEY) ?? '[]');
    return new Set(Array.isArray(found) ? found.filter((id) => typeof id === 'string') : []);
  } catch {
    return new Set();
  }
}

let ignored = kept();
const listeners = new Set<() => void>();

/** Puts a device among those that this browser does not offer, or back. */
export function setIgnored(deviceId: string, isIgnored: boolean): void {
  const next = new Set(ignored);
  if (isIgnored) next.add(deviceId);
  else next.delete(deviceId);
  ignored = next;
  localStorage.setItem(STORAGE_KEY, JSON.stringify([...ignored]));
  for (const listener of listeners) listener();
}

/** Devices that a person does not want to be offered, in this browser. */
export function useIgnored(): ReadonlySet<string> {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => ignored,
  );
}
