import { systemClock } from '../clock.ts';
import { createDeviceCache } from '../devices/device-cache.ts';
import type { Connector } from '../directory/connector.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';
import { viewConnector } from '../directory/connector-view.ts';
import { openDirectory } from '../directory/directory.ts';
import { createEventFan } from '../events/event-fan.ts';
import { openAgentRuns } from '../health/agent-runs.ts';
import { openHealthHistory } from '../health/health-history.ts';
import { createHealthTracker } from '../health/health-tracker.ts';
import { openReadingHistory } from '../health/reading-history.ts';
import { openReadings } from '../health/readings.ts';
import { openCatalogue } from '../installing/catalogue.ts';
import { openConnectorSecrets } from '../installing/connector-secrets.ts';
import { openEpoch } from '../journal/journal-epoch.ts';
import { toEntry } from '../journal/journal-row.ts';
import { openJournal } from '../journal/open-journal.ts';
import { recoverJournal, tidyJournal } from '../journal/recovery.ts';
import { silentLog } from '../log.ts';
import { openOperators } from '../operators/operators.ts';
import { openPause } from '../policy/pause.ts';
import { createLazyWriter } from '../storage/lazy-writer.ts';
import { createChanges } from '../streams/changes.ts';
import { openStreamLog } from '../streams/stream-log.ts';
import { createWireLogs } from '../wire/wire-logs.ts';
import type { ConnectorServiceOptions } from './options.ts';

const HOUR_MS = 3_600_000;

/** Everything that is known and kept: the journal in order, connectors, health, readings, operators, secrets. */
export type Records = Awaited<ReturnType<typeof openRecords>>;

/** Brings the journal into order and opens what is kept. Changes go out as events. */
export async function openRecords(options: ConnectorServiceOptions) {
  const { deviceSide, store, vault, clock = systemClock, log = silentLog } = options;
  const doubtful = await recoverJournal(store.journal, clock);
  if (doubtful > 0)
    log.warn({ rows: doubtful }, 'Actions were on their way when the agent stopped; the devices are asked');
  await tidyJournal(store.journal, clock);

  const events = createEventFan(log);
  const lazy = createLazyWriter(store.state, clock, log);
  const catalogue = await openCatalogue(deviceSide);
  const devices = createDeviceCache(deviceSide);
  const { directory, stored } = openDirectory(store.state);
  const viewRecord = (record: ConnectorRecord): Connector => viewConnector({ devices, health, readings }, record);
  /** Rejects with `not_found`. */
  const view = (connectorId: string) => viewRecord(directory.get(connectorId));
  /** What is to be seen of a connector has changed. */
  const onChange = (connectorId: string) => {
    if (directory.find(connectorId) !== null) events.emit({ type: 'connector', connector: view(connectorId) });
  };
  const healthRetention = options.healthHistory ?? { keep: 5_000, keep_hours: 168 };
  const keepMs = healthRetention.keep_hours * HOUR_MS;
  const runs = await openAgentRuns({ database: store.state, clock, log, keepMs });
  const healthHistory = openHealthHistory({ database: store.state, lazy, clock, retention: healthRetention, runs });
  const health = createHealthTracker({ directory, devices, lazy, clock, history: healthHistory, onChange });
  const wireLogs = createWireLogs({
    deviceSide,
    changes: createChanges(clock),
    clock,
    retention: options.wireLog ?? { record: 'on_request', keep_kib: 256, keep_minutes: 60 },
  });
  const history = openReadingHistory({
    database: store.state,
    clock,
    log,
    retention: options.history ?? { keep: 1_000, keep_hours: 168 },
  });
  const readings = openReadings({
    database: store.state,
    lazy,
    clock,
    lastSynced: new Map(
      stored.flatMap(({ record, lastSyncedAt }) => (lastSyncedAt === null ? [] : [[record.id, lastSyncedAt]])),
    ),
    onReading(reading) {
      history.record(reading);
      events.emit({ type: 'reading', reading });
    },
  });
  const streamLog = openStreamLog({
    database: store.state,
    clock,
    log,
    retention: options.streams ?? { keep: 10_000, keep_hours: 168, keep_personal_hours: 24 },
  });
  const epoch = openEpoch(store.journal);
  const journal = openJournal({
    database: store.journal,
    epoch: epoch.id,
    clock,
    onChange: (row) => events.emit({ type: 'journal', entry: toEntry(row) }),
  });
  return {
    deviceSide,
    store,
    clock,
    log,
    events,
    lazy,
    catalogue,
    devices,
    directory,
    stored,
    viewRecord,
    view,
    onChange,
    health,
    healthHistory,
    runs,
    wireLogs,
    history,
    readings,
    streamLog,
    epoch,
    journal,
    pause: openPause(store.state),
    operators: openOperators({ database: store.state, clock }),
    secrets: openConnectorSecrets({ vault, database: store.state, directory, clock, log }),
  };
}
