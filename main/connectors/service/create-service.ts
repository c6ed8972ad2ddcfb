import { createHealthMonitor } from '../health/health-monitor.ts';
import { streamOf } from '../streams/streams.ts';
import { approvalMethods } from './approval-methods.ts';
import { connectorMethods } from './connector-methods.ts';
import { deviceMethods } from './device-methods.ts';
import { effectMethods } from './effect-methods.ts';
import { createEffects } from './effects.ts';
import { followStreams } from './follow-streams.ts';
import { createInstallation } from './installation.ts';
import { createLifetime } from './lifetime.ts';
import type { ConnectorServiceOptions } from './options.ts';
import { openRecords } from './records.ts';
import type { ConnectorService } from './service.ts';
import { start } from './start.ts';
import { wireMethods } from './wire-methods.ts';

/**
 * Brings the journal into order, reads the installed connectors and binds each to its device. Resolves when every binding
 * was asked for; devices answer later, and say so as events. Install rules wait for {@link ConnectorService.applyInstallRules}.
 */
export async function createConnectorService(options: ConnectorServiceOptions): Promise<ConnectorService> {
  const records = await openRecords(options);
  const { deviceSide, directory, health, journal, events, readings, history, lazy, streamLog, clock, log } = records;
  const { runs, wireLogs } = records;
  const lifetime = createLifetime(log);
  const monitor = createHealthMonitor({
    deviceSide,
    directory,
    health,
    clock,
    log,
    silence: (connectorId) => streams.silence(connectorId),
  });
  const streams = followStreams(records, monitor);
  const effects = createEffects(records, monitor, streams, lifetime, options);
  const installation = createInstallation(records, monitor, effects, streams, options);
  const stopFollowing = await start(records, monitor, effects, installation, streams, lifetime);

  return {
    ...deviceMethods(records),
    ...connectorMethods(records, effects, installation, streams, lifetime),
    ...effectMethods(records, effects, lifetime),
    ...approvalMethods(records, effects, lifetime),
    ...wireMethods(records, lifetime),
    lastReadings(connectorId) {
      const record = directory.find(connectorId);
      if (record === null) return [];
      const heard = streams.last(connectorId);
      return [...readings.last(record), ...(heard === null ? [] : [heard])];
    },
    async pastReadings(connectorId, tool, query) {
      const record = directory.find(connectorId);
      if (record === null) return [];
      if (streamOf(record)?.capability === tool) return streams.past(connectorId, query);
      return history.read(record, tool, query);
    },
    heardAfter: streams.after,
    subscribe: (listener) => events.subscribe(listener),
    async close() {
      if (!lifetime.close()) return;
      stopFollowing();
      effects.approvals.close();
      streams.close();
      wireLogs.close();
      await monitor.close();
      // A call that waits for the end of what it began ends now.
      await deviceSide.releaseOutputs({ connectorId: null });
      await effects.live.idle();
      effects.unsubscribe();
      await effects.outputs.idle();
      await effects.unresolved.idle();
      await lifetime.idle();
      await journal.idle();
      await runs.close();
      await lazy.close();
      await history.close();
      await streamLog.close();
      events.close();
    },
  };
}
