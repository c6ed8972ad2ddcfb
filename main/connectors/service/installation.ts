import { createBinder } from '../devices/binder.ts';
import { createDeviceChooser } from '../devices/device-choice.ts';
import { subjectOf } from '../directory/connector-record.ts';
import type { HealthMonitor } from '../health/health-monitor.ts';
import { install, tryFirst } from '../installing/install.ts';
import type { InstallExtra } from '../installing/install-parts.ts';
import { createInstallRules } from '../installing/install-rules.ts';
import { createMutex } from '../installing/mutex.ts';
import type { InstallRequest } from '../installing/requests.ts';
import type { Streams } from '../streams/streams.ts';
import type { Effects } from './effects.ts';
import type { ConnectorServiceOptions } from './options.ts';
import type { Records } from './records.ts';

/** What comes and goes: installs, rules, bindings to devices. */
export type Installation = ReturnType<typeof createInstallation>;

/** Binds nothing yet. */
export function createInstallation(
  records: Records,
  monitor: HealthMonitor,
  { outputs, unresolved }: Effects,
  streams: Streams,
  { installRules }: ConnectorServiceOptions,
) {
  const { deviceSide, store, directory, devices, catalogue, health, readings, secrets, clock, log } = records;
  const { wireLogs } = records;
  const { view, onChange } = records;
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
    beforeBinding: wireLogs.begin,
    onBinding: streams.onBinding,
    onReady(connectorId) {
      const record = directory.find(connectorId);
      const subject = record === null ? null : subjectOf(record);
      if (subject === null) return;
      void unresolved.askLater(connectorId, subject, { justBack: true });
      void monitor.checkNow(connectorId, true);
    },
  });
  /** One installation, change or removal at a time. */
  const oneByOne = createMutex();
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
  /** Installs, tries it, and tells; the connector's id. */
  const installNow = async (request: InstallRequest, extra: InstallExtra = {}) => {
    const record = await oneByOne(() => install(installParts, request, extra));
    log.info({ connector: record.id, name: record.name, listing: record.listing }, 'A connector was installed');
    await tryFirst(installParts, record.id);
    onChange(record.id);
    return record.id;
  };
  const rules = createInstallRules({
    rules: installRules,
    database: store.state,
    directory,
    catalogue,
    clock,
    log,
    install: (request, _caller, extra) => installNow(request, extra),
  });
  let rulesWanted = false;
  const applyRules = async (again?: string) => {
    rulesWanted = true;
    const installed = await rules.apply(await devices.refresh(), again);
    return installed.flatMap((id) => (directory.find(id) === null ? [] : [view(id)]));
  };
  return {
    binder,
    oneByOne,
    installParts,
    removeParts,
    installNow,
    /** `again` forgets earlier firings of this rule. */
    applyRules,
    /** For a device that came: waiting connectors take it, then rules, once they were asked for. */
    async onDevice() {
      await binder.adopt();
      if (rulesWanted) await applyRules();
    },
  };
}
