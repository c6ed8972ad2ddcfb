import type { ConnectorRecord } from '../directory/connector-record.ts';
import { matchesFilter } from '../directory/connector-view.ts';
import { testConnector } from '../health/connector-test.ts';
import type { TestRecord } from '../health/test-record.ts';
import { readTestRecords } from '../health/test-records.ts';
import { forced } from '../installing/forced-uninstall.ts';
import { requireNotInUse } from '../installing/in-use.ts';
import { uninstall } from '../installing/uninstall.ts';
import { update } from '../installing/update.ts';
import type { Streams } from '../streams/streams.ts';
import type { Effects } from './effects.ts';
import type { Installation } from './installation.ts';
import type { Lifetime } from './lifetime.ts';
import type { Records } from './records.ts';
import type { ConnectorService } from './service.ts';

type ConnectorMethods = Pick<
  ConnectorService,
  'list' | 'get' | 'install' | 'update' | 'remove' | 'test' | 'tests' | 'operators' | 'applyInstallRules'
>;

/** Connectors as such: what there is, installing, changing, testing, removing, and who depends on them. */
export function connectorMethods(
  records: Records,
  { approvals }: Effects,
  { oneByOne, installParts, removeParts, installNow, applyRules }: Installation,
  streams: Streams,
  { requireOpen }: Lifetime,
): ConnectorMethods {
  const { deviceSide, store, directory, devices, catalogue, health, readings, history, operators, journal, clock } =
    records;
  const { events, log, view, viewRecord, onChange, wireLogs } = records;
  return {
    list: (filter = {}) =>
      directory
        .all()
        .map(viewRecord)
        .filter((connector) => matchesFilter(connector, filter)),
    get: view,
    async install(request, _caller, alongside) {
      requireOpen();
      const extra =
        alongside === undefined
          ? {}
          : { alongside: (_id: string, record: ConnectorRecord) => alongside(viewRecord(record)) };
      return view(await installNow(request, extra));
    },
    async update(connectorId, request) {
      requireOpen();
      await oneByOne(() => update(installParts, connectorId, request));
      await approvals.voidWhere((row) => row.connector_id === connectorId, 'was changed');
      onChange(connectorId);
      return view(connectorId);
    },
    async remove(connectorId, caller, { unaskedHub } = {}) {
      requireOpen();
      await oneByOne(async () => {
        requireNotInUse({ directory, health, operators }, connectorId);
        const remove = () => uninstall(removeParts, connectorId);
        if (unaskedHub === undefined) await remove();
        else await forced(journal, directory.get(connectorId), caller, unaskedHub, remove);
      });
      history.forget(connectorId);
      streams.forget(connectorId);
      await wireLogs.forget(connectorId);
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
        streams,
        health,
        clock,
        onRecord: (record: TestRecord) => events.emit({ type: 'test', record }),
      };
      return testConnector(parts, directory.get(connectorId), tools, caller, signal, onResult);
    },
    tests: (connectorId) => readTestRecords(store.state, connectorId),
    // One after the other with installs and uninstalls, so that none begins to depend on what is just being removed.
    operators: {
      ...operators,
      create: (request, alongside) => oneByOne(() => operators.create(request, alongside)),
      change: (id, change) => oneByOne(() => operators.change(id, change)),
      remove: (id) => oneByOne(() => operators.remove(id)),
    },
    applyInstallRules({ again } = {}) {
      requireOpen();
      return applyRules(again);
    },
  };
}
