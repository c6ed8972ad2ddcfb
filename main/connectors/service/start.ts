import { toInstant } from '../clock.ts';
import { followDeviceSide } from '../devices/device-events.ts';
import { startingHealth } from '../health/health.ts';
import type { HealthMonitor } from '../health/health-monitor.ts';
import { endForced } from '../installing/forced-uninstall.ts';
import { removeConnector } from '../installing/uninstall.ts';
import { tidyJournal } from '../journal/recovery.ts';
import type { Streams } from '../streams/streams.ts';
import type { Effects } from './effects.ts';
import type { Installation } from './installation.ts';
import type { Lifetime } from './lifetime.ts';
import type { Records } from './records.ts';

const DAY_MS = 24 * 3_600_000;
/** How much older than it may be anything can get that devices sent. */
const STREAM_TIDY_MS = 10 * 60_000;
/** How long a start waits for what was left on; a device that is away must not keep the others from working. */
const FIRST_OFF_MS = 3_000;

/**
 * Follows the device side, binds every connector, switches off what an earlier agent left on, and begins what is done
 * daily. Resolves with what ends the following.
 */
export async function start(
  records: Records,
  monitor: HealthMonitor,
  effects: Effects,
  installation: Installation,
  streams: Streams,
  lifetime: Lifetime,
): Promise<() => void> {
  const { deviceSide, store, directory, devices, stored, health, events, streamLog, secrets, clock, log } = records;
  const { wireLogs, healthHistory, journal } = records;
  const { approvals, unresolved, outputs } = effects;
  const { binder, oneByOne, removeParts } = installation;
  const { inBackground } = lifetime;

  let arriving = false;
  const unsubscribe = deviceSide.subscribe(
    followDeviceSide({
      directory,
      devices,
      binder,
      health,
      monitor,
      unresolved,
      events,
      streams,
      wireLogs,
      onUnplugged(deviceId) {
        inBackground(approvals.voidWhere((row) => row.device_id === deviceId, 'was unplugged'));
      },
      onDevice() {
        if (lifetime.closing.aborted || arriving) return;
        arriving = true;
        inBackground(
          Promise.resolve().then(async () => {
            arriving = false;
            await installation.onDevice();
          }),
        );
      },
    }),
  );

  await devices.refresh();
  for (const { record, status, health: before } of stored) {
    health.start(record.id, startingHealth(toInstant(clock.now()), { status, health: before }));
    monitor.watch(record.id);
  }
  await Promise.all(stored.map(({ record }) => binder.bind(record.id)));
  // An agent that says it is ready has closed what the one before left open.
  await outputs.firstOff(FIRST_OFF_MS);
  inBackground(binder.adopt());
  // In the background: a locked keychain may wait for a person. Nothing else changes secrets meanwhile.
  const reconcileSecrets = () =>
    oneByOne(() =>
      secrets.reconcile({
        async uninstall(connectorId, committed) {
          await removeConnector(removeParts, connectorId, [committed]);
          log.info({ connector: connectorId }, 'An uninstallation that was cut off was finished');
          events.emit({ type: 'connector_removed', connector_id: connectorId });
        },
        async rebind(connectorId) {
          await deviceSide.unbind({ connectorId });
          await binder.bind(connectorId);
        },
      }),
    );
  inBackground(reconcileSecrets().then(() => oneByOne(() => endForced(journal, (id) => directory.find(id) !== null))));

  let cancelStreamTidy: () => void = () => {};
  const tidyStreams = () => {
    inBackground(streamLog.tidy());
    inBackground(healthHistory.tidy());
    wireLogs.tidy();
    cancelStreamTidy = clock.after(STREAM_TIDY_MS, tidyStreams);
  };
  tidyStreams();

  let cancelTidy: () => void = () => {};
  const tidyDaily = () => {
    cancelTidy = clock.after(DAY_MS, () => {
      inBackground(tidyJournal(store.journal, clock));
      inBackground(reconcileSecrets());
      tidyDaily();
    });
  };
  tidyDaily();

  return () => {
    unsubscribe();
    cancelTidy();
    cancelStreamTidy();
  };
}
