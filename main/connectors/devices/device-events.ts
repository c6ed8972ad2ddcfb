import type { DeviceEvent } from '../../hardware/index.ts';
import { subjectOf } from '../directory/connector-record.ts';
import type { Directory } from '../directory/directory.ts';
import type { EventFan } from '../events/event-fan.ts';
import { judgeTransaction } from '../health/health.ts';
import type { HealthMonitor } from '../health/health-monitor.ts';
import type { HealthTracker } from '../health/health-tracker.ts';
import type { UnresolvedEffects } from '../journal/unresolved.ts';
import type { Streams } from '../streams/streams.ts';
import type { WireLogs } from '../wire/wire-logs.ts';
import type { Binder } from './binder.ts';
import type { DeviceCache } from './device-cache.ts';

/** What the device side tells, made into health, readings of the stream, and work that was waiting for it. */
export function followDeviceSide(parts: {
  readonly directory: Directory;
  readonly devices: DeviceCache;
  readonly binder: Binder;
  readonly health: HealthTracker;
  readonly monitor: HealthMonitor;
  readonly unresolved: UnresolvedEffects;
  readonly events: EventFan;
  readonly streams: Pick<Streams, 'onEvent'>;
  readonly wireLogs: Pick<WireLogs, 'onEvent'>;
  /** A device went. */
  readonly onUnplugged: (deviceId: string) => void;
  /** A device came, or what is known of one changed. */
  readonly onDevice: () => void;
}): (event: DeviceEvent) => void {
  const { directory, devices, binder, health, monitor, unresolved, events, streams, wireLogs } = parts;
  const { onUnplugged, onDevice } = parts;
  return (event) => {
    switch (event.type) {
      case 'device_changed':
        devices.put(event.device);
        events.emit({
          ...{ type: 'device', device: event.device },
          ...(event.causeId === undefined ? {} : { cause_id: event.causeId }),
        });
        if (event.device.present) onDevice();
        else onUnplugged(event.device.id);
        return;
      case 'device_removed':
        devices.markAbsent(event.deviceId);
        onUnplugged(event.deviceId);
        events.emit({ type: 'device_removed', device_id: event.deviceId });
        return;
      case 'binding_changed':
        binder.onState(event.connectorId, event.binding, event.causeId);
        return;
      case 'identify_progress':
        // Followed by who asked.
        return;
      case 'stream':
        streams.onEvent(event);
        return;
      case 'wire':
        wireLogs.onEvent(event);
        return;
      case 'output':
        // Followed by a subscription of its own, which outlives this one when the agent stops.
        return;
      case 'transaction': {
        const signal = judgeTransaction(event.error, null);
        if (signal === null) return;
        const answered = signal.type === 'succeeded';
        health.signal(event.connectorId, signal);
        monitor.noteTraffic(event.connectorId, answered);
        const record = directory.find(event.connectorId);
        const subject = record === null ? null : subjectOf(record);
        if (answered && subject !== null) void unresolved.askLater(event.connectorId, subject, { justBack: false });
      }
    }
  };
}
