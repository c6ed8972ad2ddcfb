import type { Device, DeviceMemory } from '../device.ts';
import type { DeviceRecord } from './device-view.ts';

/** What the registry tells. */
export type RegistryEvent =
  /** `causeId` is set when the device went away, and shared by everything that went with it. */
  | { readonly type: 'changed'; readonly device: Device; readonly causeId?: string }
  /** It is not known any more. Absent devices stay known. */
  | { readonly type: 'removed'; readonly deviceId: string; readonly causeId: string };

/** Tells of devices and keeps them in memory; neither when nothing has changed. */
export interface Publisher {
  /** Tells the listeners if anything that a person could see has changed. Returns the device as it is. */
  publish(record: DeviceRecord, causeId: string | null): Device;
  /** Puts the row in line to be stored if it has changed. A failure is logged: devices work without being remembered. */
  store(record: DeviceRecord): void;
  /** Resolves when it is stored no more; tells that it is gone. Rejects, and nothing is told, when that can't be written. */
  forget(deviceId: string, causeId: string): Promise<void>;
  /** Resolves when everything put in line so far is stored, or has failed. */
  stored(): Promise<void>;
  subscribe(listener: (event: RegistryEvent) => void): () => void;
  close(): Promise<void>;
}

/** Makes a publisher; `view` says what others see of a record. */
export function createPublisher(parts: {
  readonly memory: DeviceMemory;
  readonly view: (record: DeviceRecord) => Device;
  readonly log: (line: string) => void;
}): Publisher {
  const { memory, view, log } = parts;
  const listeners = new Set<(event: RegistryEvent) => void>();
  const shown = new Map<string, string>();
  const saved = new Map<string, string>();
  let writing: Promise<void> = Promise.resolve();

  const tell = (event: RegistryEvent) => {
    for (const listener of [...listeners]) {
      try {
        listener(event);
      } catch (error) {
        log(`A listener to device changes failed: ${String(error)}`);
      }
    }
  };

  return {
    publish(record, causeId) {
      const device = view(record);
      const text = JSON.stringify({ ...device, last_seen_at: null });
      if (shown.get(device.id) === text) return device;
      shown.set(device.id, text);
      tell({ type: 'changed', device, ...(causeId === null ? {} : { causeId }) });
      return device;
    },
    store({ row }) {
      const text = JSON.stringify({ ...row, last_seen_at: null });
      if (saved.get(row.id) === text) return;
      saved.set(row.id, text);
      writing = writing
        .then(() => memory.save({ id: row.id, data: { ...row } }))
        .catch((error: unknown) => {
          saved.delete(row.id);
          log(`The device ${row.id} could not be stored: ${String(error)}`);
        });
    },
    async forget(deviceId, causeId) {
      const forgotten = writing.then(() => memory.forget(deviceId));
      writing = forgotten.catch(() => {});
      await forgotten;
      shown.delete(deviceId);
      saved.delete(deviceId);
      tell({ type: 'removed', deviceId, causeId });
    },
    stored: () => writing,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      await writing;
      listeners.clear();
    },
  };
}
