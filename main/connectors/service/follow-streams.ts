import type { HealthMonitor } from '../health/health-monitor.ts';
import { createChanges } from '../streams/changes.ts';
import { createStreams, type Streams } from '../streams/streams.ts';
import type { Records } from './records.ts';

/** What devices send by themselves, made into health, events and the time a connector was last heard. */
export function followStreams(records: Records, monitor: HealthMonitor): Streams {
  const { deviceSide, directory, health, readings, streamLog, events, clock } = records;
  return createStreams({
    deviceSide,
    directory,
    log: streamLog,
    changes: createChanges(clock),
    clock,
    onHeard(connectorId) {
      readings.noteSynced(connectorId);
      health.signal(connectorId, { type: 'succeeded' });
      monitor.noteTraffic(connectorId, true);
    },
    onSilent: (connectorId, error) =>
      health.signal(connectorId, { type: 'failed', error: error.serialize(), causeId: null }),
    onNews: (news) => events.emit({ type: 'stream', news }),
    onReading: (reading) => events.emit({ type: 'reading', reading }),
  });
}
