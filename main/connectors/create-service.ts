import { AgentError } from '../../drivers/kit/index.ts';
import type { InstallRule } from '../config/index.ts';
import type { PermitAuthority } from '../hardware/index.ts';
import type { ConnectorSide } from '../sources/index.ts';
import type { Store } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { createApprovalDesk } from './approvals/approval-desk.ts';
import { intentOf, noSuchApproval, viewApproval } from './approvals/approval-view.ts';
import { type CallParts, call, performApproved } from './calls/call.ts';
import { createGate } from './calls/gate.ts';
import { createLiveEffects } from './calls/live-effects.ts';
import { preview } from './calls/preview.ts';
import { type Clock, systemClock, toInstant } from './clock.ts';
import { createBinder } from './devices/binder.ts';
import { createDeviceCache } from './devices/device-cache.ts';
import { createDeviceChooser } from './devices/device-choice.ts';
import { followDeviceSide } from './devices/device-events.ts';
import { identifyDevice } from './devices/identify.ts';
import { type ConnectorRecord, subjectOf } from './directory/connector-record.ts';
import { matchesFilter, viewConnector } from './directory/connector-view.ts';
import { openDirectory } from './directory/directory.ts';
import { createEventFan } from './events/event-fan.ts';
import { testConnector } from './health/connector-test.ts';
import { startingHealth } from './health/health.ts';
import { createHealthMonitor } from './health/health-monitor.ts';
import { createHealthTracker } from './health/health-tracker.ts';
import { type HistoryRetention, openReadingHistory } from './health/reading-history.ts';
import { openReadings } from './health/readings.ts';
import type { TestRecord } from './health/test-record.ts';
import { readTestRecords } from './health/test-records.ts';
import { openCatalogue } from './installing/catalogue.ts';
import { openConnectorSecrets } from './installing/connector-secrets.ts';
import { requireNotInUse } from './installing/in-use.ts';
import { type InstallExtra, install, tryFirst } from './installing/install.ts';
import { createInstallRules } from './installing/install-rules.ts';
import { createMutex } from './installing/mutex.ts';
import type { InstallRequest } from './installing/requests.ts';
import { removeConnector, uninstall } from './installing/uninstall.ts';
import { update } from './installing/update.ts';
import { openEpoch } from './journal/journal-epoch.ts';
import { readJournalPages } from './journal/journal-pages.ts';
import { toEntry } from './journal/journal-row.ts';
import { openJournal } from './journal/open-journal.ts';
import { recoverJournal, tidyJournal } from './journal/recovery.ts';
import { createUnresolvedEffects } from './journal/unresolved.ts';
import { type Log, silentLog } from './log.ts';
import { openOperators } from './operators/operators.ts';
import { createTimedOutputs } from './outputs/timed-outputs.ts';
import { openPause } from './policy/pause.ts';
import { checkPolicy } from './policy/policy.ts';
import type { ConnectorService } from './service.ts';
import { createLazyWriter } from './storage/lazy-writer.ts';

const DAY_MS = 24 * 3_600_000;
/** How long a start waits for what was left on; a device that is away must not keep the others from working. */
const FIRST_OFF_MS = 3_000;
const APPROVAL_COUNTDOWN_MS = 120_000;

export interface ConnectorServiceOptions {
  /** May be started before or after; events are followed from the first moment. */
  readonly deviceSide: ConnectorSide;
  readonly store: Store;
  /** Where the secrets of listings that have some rest; untouched, and so allowed to be locked, for those that have none. */
  readonly vault: Vault;
  /** The mint end; the session holds the other. */
  readonly permits: Pick<PermitAuthority, 'mint' | 'mintRelease'>;
  readonly installRules: readonly InstallRule[];
  /** How many past readings are kept; by default the last 1000 of each tool, for a week. */
  readonly history?: HistoryRetention;
  /** How long a person has to allow an action. Default 120 s. */
  readonly approvalCountdownMs?: number;
  readonly clock?: Clock;
  readonly log?: Log;
}

/**
 * Brings the journal into order, reads the installed connectors and binds each to its device. Resolves when every binding
 * was asked for; devices answer later, and say so as events. Install rules wait for {@link ConnectorService.applyInstallRules}.
 */
export async function createConnectorService(options: ConnectorServiceOptions): Promise<ConnectorService> {
  const { deviceSide, store, vault, permits, clock = systemClock, log = silentLog } = options;
  const doubtful = await recoverJournal(store.journal, clock);
  if (doubtful > 0)
    log.warn({ rows: doubtful }, 'Actions were on their way when the agent stopped; the devices are asked');
  await tidyJournal(store.journal, clock);

  const events = createEventFan(log);
  const lazy = createLazyWriter(store.state, clock, log);
  const catalogue = await openCatalogue(deviceSide);
  const devices = createDeviceCache(deviceSide);
  const { directory, stored } = openDirectory(store.state);
  const view = (connectorId: string) => viewConnector({ devices, health, readings }, directory.get(connectorId));
  const onChange = (connectorId: string) => {
    if (directory.find(connectorId) !== null) events.emit({ type: 'connector', connector: view(connectorId) });
  };
  const health = createHealthTracker({ directory, devices, lazy, clock, onChange });
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
  const epoch = openEpoch(store.journal);
  const pause = openPause(store.state);
  const journal = openJournal({
    database: store.journal,
    epoch: epoch.id,
    clock,
    onChange: (row) => events.emit({ type: 'journal', entry: toEntry(row) }),
  });
  const live = createLiveEffects(clock);
  const outputs = createTimedOutputs({
    journal,
    permits,
    directory,
    health,
    clock,
    log,
    onOff: (connectorId) => void monitor.checkNow(connectorId, true),
  });
  // On its own: it goes on until everything is off, when nothing else is followed any more.
  const unsubscribeOutputs = deviceSide.subscribe((event) => {
    if (event.type === 'output') outputs.onOutput(event);
  });
  const gate = createGate({ directory, devices, journal, epoch, pause, outputs, clock });
  const unresolved = createUnresolvedEffects({ deviceSide, journal, clock, log });
  const approvals = createApprovalDesk({
    journal,
    live,
    gate,
    directory,
    devices,
    clock,
    log,
    countdownMs: options.approvalCountdownMs ?? APPROVAL_COUNTDOWN_MS,
    async planNow({ connectorId, tool, arguments: args }) {
      const { plan } = await deviceSide.prepare({ connectorId, tool, arguments: args });
      if (plan === null) throw new AgentError('internal_error', `${tool} made no plan.`);
      return plan;
    },
    perform: (intent, accept, self, onProgress) => performApproved(callParts, intent, accept, self, onProgress),
    onChange: (approval) => events.emit({ type: 'approval', approval }),
  });
  const monitor = createHealthMonitor({ deviceSide, directory, health, clock, log });
  const chooser = createDeviceChooser({ deviceSide, devices, directory });
  const binder = createBinder({
    deviceSide,
    directory,
    devices,
    catalogue,
    chooser,
    health,
    outputs,
    clock,
    log,
    onChange,
    onReady(connectorId) {
      const record = directory.find(connectorId);
      const subject = record === null ? null : subjectOf(record);
      if (subject === null) return;
      void unresolved.askLater(connectorId, subject, { justBack: true });
      void monitor.checkNow(connectorId, true);
    },
  });
  const installing = createMutex();
  const operators = openOperators({ database: store.state, clock });
  const secrets = openConnectorSecrets({ vault, database: store.state, directory, clock, log });
  const installParts = {
    deviceSide,
    directory,
    catalogue,
    chooser,
    devices,
    binder,
    health,
    monitor,
    outputs,
    secrets,
    clock,
  };
  const removeParts = { deviceSide, directory, health, monitor, readings, secrets, devices, outputs };
  const installNow = async (request: InstallRequest, extra: InstallExtra = {}) => {
    const record = await installing(() => install(installParts, request, extra));
    log.info({ connector: record.id, name: record.name, listing: record.listing }, 'A connector was installed');
    await tryFirst(installParts, record.id);
    onChange(record.id);
    return record.id;
  };
  const rules = createInstallRules({
    rules: options.installRules,
    database: store.state,
    directory,
    catalogue,
    clock,
    log,
    install: (request, _caller, extra) => installNow(request, extra),
  });
  const applyRules = async (again?: string) => {
    const installed = await rules.apply(await devices.refresh(), again);
    return installed.flatMap((id) => (directory.find(id) === null ? [] : [view(id)]));
  };

  const closing = new AbortController();
  let closed = false;
  let rulesWanted = false;
  const background = new Set<Promise<unknown>>();
  const inBackground = (work: Promise<unknown>) => {
    const done = work
      .catch((error: unknown) => log.error({ err: error }, 'Work in the background failed'))
      .finally(() => background.delete(done));
    background.add(done);
  };
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
      onUnplugged(deviceId) {
        inBackground(approvals.voidWhere((row) => row.device_id === deviceId, 'was unplugged'));
      },
      onDevice() {
        if (closed || arriving) return;
        arriving = true;
        inBackground(
          Promise.resolve().then(async () => {
            arriving = false;
            await binder.adopt();
            if (rulesWanted) await applyRules();
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
    installing(() =>
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
  inBackground(reconcileSecrets());

  let cancelTidy: () => void = () => {};
  const tidyDaily = () => {
    cancelTidy = clock.after(DAY_MS, () => {
      inBackground(tidyJournal(store.journal, clock));
      inBackground(reconcileSecrets());
      tidyDaily();
    });
  };
  tidyDaily();

  const callParts: CallParts = {
    deviceSide,
    permits,
    directory,
    readings,
    journal,
    live,
    gate,
    approvals,
    unresolved,
    outputs,
    clock,
    log,
    closing: closing.signal,
    onToolPassed(connectorId, tool) {
      if (health.state(connectorId).failedTest?.tool === tool) {
        health.signal(connectorId, { type: 'tools_passed', tools: [tool] });
      }
    },
  };
  const requireApproval = (approvalId: string) => {
    const row = journal.byApproval(approvalId);
    if (row === null) throw noSuchApproval(approvalId);
    return row;
  };
  const requireOpen = () => {
    if (closed) throw new AgentError('closed', 'The agent is stopping.', { hint: 'Ask again when it runs.' });
  };

  return {
    listings: async () => catalogue.all(),
    devices: () => devices.refresh(),
    async device(deviceId) {
      await devices.refresh();
      return requireDevice(devices.find(deviceId), deviceId);
    },
    async identify({ deviceId, ...request }) {
      await devices.refresh();
      return identifyDevice({ deviceSide, directory }, requireDevice(devices.find(deviceId), deviceId), request);
    },
    async confirmDevice(deviceId, caller) {
      const device = await deviceSide.confirm({ deviceId });
      devices.put(device);
      log.info({ device: deviceId, by: caller.id }, 'A device was confirmed');
      return device;
    },
    ownerOf(deviceId) {
      const owner = directory.byDevice(deviceId);
      return owner === null ? null : { id: owner.id, name: owner.name };
    },

    list(filter = {}) {
      const all = directory.all().map((record) => viewConnector({ devices, health, readings }, record));
      return all.filter((connector) => matchesFilter(connector, filter));
    },
    get: view,
    async install(request, _caller, alongside) {
      requireOpen();
      const made = (record: ConnectorRecord) => viewConnector({ devices, health, readings }, record);
      return view(
        await installNow(
          request,
          alongside === undefined ? {} : { alongside: (_id, record) => alongside(made(record)) },
        ),
      );
    },
    async update(connectorId, request) {
      requireOpen();
      await installing(() => update(installParts, connectorId, request));
      await approvals.voidWhere((row) => row.connector_id === connectorId, 'was changed');
      onChange(connectorId);
      return view(connectorId);
    },
    async remove(connectorId, caller) {
      requireOpen();
      await installing(async () => {
        requireNotInUse({ directory, health, operators }, connectorId);
        await uninstall(removeParts, connectorId);
      });
      history.forget(connectorId);
      await approvals.voidWhere((row) => row.connector_id === connectorId, 'was uninstalled');
      log.info({ connector: connectorId, by: caller.id }, 'A connector was uninstalled');
      events.emit({ type: 'connector_removed', connector_id: connectorId });
    },
    async test(connectorId, tools, caller, signal, onResult) {
      requireOpen();
      const parts = {
        deviceSide,
        database: store.state,
        catalogue,
        devices,
        readings,
        health,
        clock,
        onRecord: (record: TestRecord) => events.emit({ type: 'test', record }),
      };
      return testConnector(parts, directory.get(connectorId), tools, caller, signal, onResult);
    },
    tests: (connectorId) => readTestRecords(store.state, connectorId),

    async call(request) {
      requireOpen();
      return call(callParts, request);
    },
    async preview(request) {
      requireOpen();
      return preview({ deviceSide, directory }, request);
    },

    policy: (connectorId) => directory.get(connectorId).policy,
    async setPolicy(connectorId, policy, caller) {
      const { name, tools } = directory.get(connectorId);
      const checked = checkPolicy(policy, name, tools);
      await directory.change(connectorId, { policy: checked });
      await approvals.voidWhere((row) => row.connector_id === connectorId, 'was given another policy');
      log.info({ connector: connectorId, by: caller.id }, 'The policy of a connector was changed');
      onChange(connectorId);
      return checked;
    },
    paused: () => pause.paused(),
    async setPaused(paused, caller) {
      await pause.set(paused);
      if (paused) await deviceSide.releaseOutputs({ connectorId: null });
      log.warn({ by: caller.id }, paused ? 'Actions were paused' : 'Actions were resumed');
      events.emit({ type: 'pause', paused });
    },

    journal: (filter) => journal.entries(filter),
    journalEntry: (journalId) => toEntry(journal.row(journalId)),
    journalPages: (span) => readJournalPages(store.journal, span),
    async settle(journalId, settlement, caller) {
      const row = await journal.settle(journalId, settlement, caller);
      outputs.settled(row);
      return toEntry(row);
    },
    approvals: (filter) => journal.approvals(filter).map(viewApproval),
    approval: (approvalId) => viewApproval(requireApproval(approvalId)),
    async approvalPreview(approvalId) {
      const { connectorId, tool, arguments: args } = intentOf(requireApproval(approvalId));
      try {
        return await preview({ deviceSide, directory }, { connectorId, tool, arguments: args });
      } catch (error) {
        // Nothing to see, or no connector any more.
        const { code } = AgentError.from(error);
        if (code !== 'not_supported')
          log.warn({ code, approval: approvalId, err: error }, 'A preview could not be drawn');
        return null;
      }
    },
    async approve(approvalId, { note = null }, caller) {
      requireOpen();
      return approvals.approve(approvalId, note, caller);
    },
    deny: (approvalId, { note = null }, caller) => approvals.deny(approvalId, note, caller),
    epoch: () => ({ epoch: epoch.id, acknowledged: !epoch.locked() }),
    async acknowledgeEpoch(caller) {
      await epoch.acknowledge();
      log.warn({ by: caller.id, epoch: epoch.id }, 'The loss of the journal was acknowledged');
    },

    // One after the other with installs and uninstalls, so that none begins to depend on what is just being removed.
    operators: {
      ...operators,
      create: (request, alongside) => installing(() => operators.create(request, alongside)),
      change: (id, change) => installing(() => operators.change(id, change)),
      remove: (id) => installing(() => operators.remove(id)),
    },

    lastReadings: (connectorId) => readings.last(connectorId),
    pastReadings: (connectorId, tool, query) => history.read(connectorId, tool, query),
    subscribe: (listener) => events.subscribe(listener),
    applyInstallRules({ again } = {}) {
      requireOpen();
      rulesWanted = true;
      return applyRules(again);
    },
    async close() {
      if (closed) return;
      closed = true;
      closing.abort();
      unsubscribe();
      cancelTidy();
      approvals.close();
      await monitor.close();
      // A call that waits for the end of what it began ends now.
      await deviceSide.releaseOutputs({ connectorId: null });
      await live.idle();
      unsubscribeOutputs();
      await outputs.idle();
      await unresolved.idle();
      await Promise.allSettled(background);
      await journal.idle();
      await lazy.close();
      await history.close();
      events.close();
    },
  };
}

function requireDevice<T>(device: T | null, deviceId: string): T {
  if (device !== null) return device;
  throw new AgentError('not_found', `There is no device ${deviceId}.`, { hint: 'List the devices to see their ids.' });
}
