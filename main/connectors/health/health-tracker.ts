import type { Clock } from '../clock.ts';
import { toInstant } from '../clock.ts';
import type { DeviceCache } from '../devices/device-cache.ts';
import type { Directory } from '../directory/directory.ts';
import type { LazyWriter } from '../storage/lazy-writer.ts';
import { type HealthSignal, type HealthState, nextHealth, startingHealth } from './health.ts';
import type { HealthHistory } from './health-history.ts';

/** Keeps each connector's health, stores it lazily, and says when it changes. */
export interface HealthTracker {
  /** Never fails: a connector that nothing is known of is `starting`. */
  state(connectorId: string): HealthState;
  start(connectorId: string, state: HealthState): void;
  signal(connectorId: string, signal: HealthSignal): void;
  forget(connectorId: string): void;
}

/** `onChange` is called when status, state or reason changed; not for each transaction. `history` keeps each such change. */
export function createHealthTracker(parts: {
  readonly directory: Directory;
  readonly devices: DeviceCache;
  readonly lazy: LazyWriter;
  readonly clock: Clock;
  readonly history: Pick<HealthHistory, 'record' | 'forget'>;
  readonly onChange: (connectorId: string) => void;
}): HealthTracker {
  const { directory, devices, lazy, clock, history, onChange } = parts;
  const states = new Map<string, HealthState>();
  const state = (connectorId: string) => states.get(connectorId) ?? startingHealth(toInstant(clock.now()), null);

  const store = (connectorId: string) => {
    lazy.put(`health/${connectorId}`, () => {
      const { status, health } = state(connectorId);
      return {
        sql: 'UPDATE connectors SET status = :status, health = :health WHERE id = :id',
        parameters: { id: connectorId, status, health: JSON.stringify(health) },
      };
    });
  };

  return {
    state,
    start(connectorId, first) {
      states.set(connectorId, first);
      history.record(connectorId, first.health);
    },
    signal(connectorId, signal) {
      const record = directory.find(connectorId);
      if (record === null) return;
      const before = state(connectorId);
      const device = record.deviceId === null ? null : devices.find(record.deviceId);
      const after = nextHealth(before, signal, toInstant(clock.now()), { ...record, device });
      if (after === before) return;
      states.set(connectorId, after);
      store(connectorId);
      const changed =
        after.status !== before.status ||
        after.health.state !== before.health.state ||
        after.health.reason !== before.health.reason ||
        after.health.message !== before.health.message;
      if (!changed) return;
      history.record(connectorId, after.health);
      onChange(connectorId);
    },
    forget(connectorId) {
      states.delete(connectorId);
      lazy.drop(`health/${connectorId}`);
      history.forget(connectorId);
    },
  };
}
