import { AgentError, type Driver, type Identification } from '../../../drivers/kit/index.ts';
import type { Device, DeviceMemory, DeviceProblem } from '../device.ts';
import { alreadyKnown, asConfigured, requireAdded } from './added-addresses.ts';
import type { ConfiguredPort } from './configured-ports.ts';
import { afterArrival, afterConfirmation, afterIdentification, type Confirmation } from './confirmation.ts';
import { type DeviceRecord, viewDevice } from './device-view.ts';
import { watchHotPlug } from './hot-plug.ts';
import { baseConfidence, firstLevel, type KnownPort, matchPorts, type PortAssignment } from './identity.ts';
import type { LossCauses } from './loss-causes.ts';
import { findPortHolder } from './port-holder.ts';
import { createPortViewer } from './port-viewer.ts';
import { createPublisher, type RegistryEvent } from './publisher.ts';
import {
  confirmationOf,
  evidenceOf,
  foundSchema,
  keepPrinterId,
  knownPortOf,
  mintDeviceId,
  newRow,
  rememberedDeviceSchema,
  storedDescriptor,
} from './remembered-device.ts';
import type { SeenPort } from './seen-port.ts';
import type { listSystemPorts } from './system-listing.ts';

/** Every device of this machine, there now or remembered. Opens no port and writes no byte. */
export interface DeviceRegistry {
  /** Resolves after the first complete look. Rejects when the memory can't be read. */
  start(): Promise<void>;
  devices(): readonly Device[];
  get(deviceId: string): Device | undefined;
  /** The report descriptor of a HID interface, also while it is away; null off HID and where the system does not show it. */
  reportDescriptor(deviceId: string): Uint8Array | null;
  /** Makes (or finds) the device for one address on the bus behind a port. Rejects with `not_found` or `invalid_parameter`. */
  ensureUnit(portDeviceId: string, unit: number): Promise<Device>;
  /**
   * A person says that there is a device at this network address, written as `normaliseNetworkPath` does; it is remembered.
   * Rejects with `state_conflict` when it is known already.
   */
  addAddress(path: string): Promise<Device>;
  /** Takes back what {@link DeviceRegistry.addAddress} added, and what is behind it. Rejects with `not_found`, `state_conflict`. */
  removeAddress(deviceId: string): Promise<void>;
  /** A person says that the right unit is there; on a port with a bus, also for its units. */
  confirm(deviceId: string): Promise<Device>;
  /** What the device said of itself; `listing` is as whose device it answered. */
  recordIdentification(deviceId: string, identification: Identification, listing?: string): Promise<Device>;
  /** What it was set to when it answered as this listing's devices do; stays until it answers otherwise. */
  recordFound(deviceId: string, found: NonNullable<Device['found']>): Promise<Device>;
  /** The system's own driver was taken off it, or (null) given back. Resolves when that is stored. Unknown ids are fine. */
  recordBorrowed(deviceId: string, driver: string | null): Promise<void>;
  /** The present devices whose driver was taken by an agent that did not live to give it back, by id and path. */
  borrowed(): readonly { readonly id: string; readonly path: string }[];
  /** The IEEE 1284 id that a printer was asked for. Unknown ids are fine. */
  recordPrinterId(deviceId: string, id: string): void;
  /** Why it can't be used now; for a busy port the program that holds it is looked up. Unknown ids are fine. */
  setProblem(deviceId: string, problem: DeviceProblem | null): void;
  /** Looks at the machine again; resolves when {@link DeviceRegistry.devices} is as new as this call. */
  rescan(): Promise<void>;
  /** Returns what ends the subscription. */
  subscribe(listener: (event: RegistryEvent) => void): () => void;
  /** Ends every watch, and resolves when what is remembered is stored. Idempotent. */
  close(): Promise<void>;
}

/** Another machine than this one; in tests and benchmarks. */
export interface OtherMachine {
  readonly listSystem: typeof listSystemPorts;
  /** A path that is there while its udevd runs. */
  readonly udevControl: string;
  /** Prints what `udevadm monitor --udev --property` would; absent: that itself. */
  readonly udevMonitor?: readonly [string, ...string[]];
}

/** What a registry is made of. */
export interface DeviceRegistryOptions {
  readonly paths: readonly ConfiguredPort[];
  /** Whether the system's own ports are devices, beside the configured paths. */
  readonly discover: boolean;
  readonly memory: DeviceMemory;
  readonly drivers: readonly Driver[];
  /** Shared with whoever else notices losses. */
  readonly causes: LossCauses;
  readonly log?: (line: string) => void;
  readonly machine?: OtherMachine;
  /** Wall-clock time as RFC 3339 UTC. */
  readonly now?: () => string;
}

/** Makes the registry; see {@link DeviceRegistry}. */
export function createDeviceRegistry(options: DeviceRegistryOptions): DeviceRegistry {
  const {
    paths,
    discover,
    memory,
    drivers,
    causes,
    machine,
    log = () => {},
    now = () => new Date().toISOString(),
  } = options;
  const records = new Map<string, DeviceRecord>();
  /** Network addresses that a person added. */
  const added = new Set<string>();
  const viewer = createPortViewer({
    paths: () => [...paths, ...[...added].map(asConfigured)],
    discover,
    log,
    ...machine,
  });
  let lookedAt = now();
  let looking: Promise<void> | null = null;
  let nextLook: Promise<void> | null = null;
  let hotPlug: { close(): void } | null = null;
  let closing: Promise<void> | null = null;

  /** The record of the port a device sits on. */
  const portOf = (record: DeviceRecord): DeviceRecord =>
    record.row.unit === null ? record : (records.get(record.row.parent ?? '') ?? record);
  const view = (record: DeviceRecord) => viewDevice(record, portOf(record), drivers, lookedAt);
  const publisher = createPublisher({ memory, view, log });
  const unitsOf = (port: DeviceRecord) =>
    [...records.values()].filter(({ row }) => row.unit !== null && row.parent === port.row.id);

  const recordOf = (deviceId: string): DeviceRecord => {
    const record = records.get(deviceId);
    if (record !== undefined) return record;
    throw new AgentError('not_found', `There is no device ${deviceId}.`, { hint: 'See: fibric-edge devices' });
  };
  const addRecord = (row: DeviceRecord['row']): DeviceRecord => {
    const record: DeviceRecord = { row, port: null, reportedSerial: null, problem: null, holder: null };
    records.set(row.id, record);
    return record;
  };
  const settle = (record: DeviceRecord, state: Confirmation) => {
    record.reportedSerial = state.reportedSerial;
    record.row = { ...record.row, needs_confirmation: state.needed, protocol_serial: state.knownSerial };
  };

  /** Takes the ports away that are gone, or that are another plug-in than a moment ago; everyone hears of it at once. */
  const lose = (gone: readonly DeviceRecord[]) => {
    for (const record of gone) record.port = null;
    for (const port of gone) {
      const { path, descriptor } = port.row;
      const causeId = causes.causeOf({ path, topology: descriptor.topology }, performance.now());
      for (const record of [port, ...unitsOf(port)]) {
        record.holder = null;
        record.reportedSerial = null;
        record.row = { ...record.row, present: false, last_seen_at: lookedAt };
        publisher.publish(record, causeId);
        publisher.store(record);
      }
    }
  };

  /** A port is there; returns its device and the units behind it. */
  const arrive = (port: SeenPort, { known, isNew }: PortAssignment): readonly DeviceRecord[] => {
    const record = isNew ? addRecord(newRow(known.id, port, null, lookedAt)) : recordOf(known.id);
    const stayed = record.port !== null;
    if (!stayed) causes.back({ path: port.path, topology: port.descriptor.topology });
    const arrival = { isReplug: !isNew && !record.row.present, base: baseConfidence(known) };
    record.port = port;
    record.row = {
      ...withMatching(record.row, known),
      path: port.path,
      bus: port.bus,
      parent: port.parent,
      descriptor: keepPrinterId(record.row.descriptor, port.descriptor),
      report_descriptor: storedDescriptor(port),
      declared: port.declared,
      simulated: port.simulated,
      added: added.has(port.path),
    };
    const affected = [record, ...unitsOf(record)];
    for (const each of affected) {
      if (!stayed) {
        settle(each, afterArrival(confirmationOf(each.row, each.reportedSerial), arrival));
        each.row = { ...each.row, present: true, last_seen_at: lookedAt };
      } else if (known.unsettled) each.row = { ...each.row, needs_confirmation: true };
      publisher.store(each);
    }
    return affected;
  };

  const look = async (): Promise<void> => {
    const seen = await viewer.view();
    if (closing !== null) return;
    const ports = [...records.values()].filter(({ row }) => row.unit === null);
    const continues = (port: SeenPort) =>
      ports.find((record) => record.port?.path === port.path && record.port.incarnation === port.incarnation)?.row.id ??
      null;
    const { assignments, absent } = matchPorts(
      ports.map(({ row }) => knownPortOf(row, firstLevel)),
      seen.map((port) => ({ evidence: evidenceOf(port), continues: continues(port) })),
      mintDeviceId,
    );
    const staying = new Set(
      assignments.flatMap(({ known }, index) => {
        const port = seen[index];
        return port !== undefined && continues(port) === known.id ? [known.id] : [];
      }),
    );
    lose(ports.filter((record) => record.port !== null && !staying.has(record.row.id)));
    lookedAt = now();
    for (const known of absent) {
      const record = recordOf(known.id);
      record.row = withMatching(record.row, known);
      for (const each of [record, ...unitsOf(record)]) publisher.publish(each, null);
      publisher.store(record);
    }
    const fresh: DeviceRecord[] = [];
    for (const [index, port] of seen.entries()) {
      const assignment = assignments[index];
      if (assignment === undefined) continue;
      const affected = arrive(port, assignment);
      if (assignment.isNew) fresh.push(...affected);
      else for (const record of affected) publisher.publish(record, null);
    }
    // Others keep the id of a new device: it has to survive a crash before they hear it.
    if (fresh.length > 0) await publisher.stored();
    for (const record of fresh) publisher.publish(record, null);
    await ensureConfiguredUnits();
  };

  const ensureConfiguredUnits = async () => {
    for (const { path, units } of paths) {
      const port = [...records.values()].find((record) => record.port?.path === path);
      if (port !== undefined) for (const unit of units) await ensureUnit(port.row.id, unit);
    }
  };

  /** One look at a time; who asks during one is answered by the next. */
  const rescan = (): Promise<void> => {
    if (closing !== null) return Promise.resolve();
    if (looking === null) {
      looking = look().finally(() => {
        looking = null;
      });
      return looking;
    }
    nextLook ??= looking
      .catch(() => {})
      .then(() => {
        nextLook = null;
        return rescan();
      });
    return nextLook;
  };
  const rescanQuietly = () => {
    rescan().catch((error: unknown) => log(`Looking for devices failed: ${AgentError.from(error).message}`));
  };

  const ensureUnit = async (portDeviceId: string, unit: number): Promise<Device> => {
    const port = recordOf(portDeviceId);
    if (port.row.unit !== null) {
      throw new AgentError('invalid_parameter', `${portDeviceId} is a unit on a bus itself: it has no units.`, {
        hint: `Name the port: ${port.row.parent}`,
      });
    }
    const found = unitsOf(port).find((record) => record.row.unit === unit);
    if (found !== undefined) return view(found);
    const row = newRow(mintDeviceId(), { ...port.row, bus: view(port).bus, parent: portDeviceId }, unit, now());
    const record = addRecord({ ...row, present: port.port !== null, needs_confirmation: port.row.unsettled });
    publisher.store(record);
    await publisher.stored();
    return publisher.publish(record, null);
  };

  return {
    async start() {
      for (const { id, data } of await memory.load()) {
        const parsed = rememberedDeviceSchema.safeParse(data);
        if (parsed.success) addRecord(parsed.data);
        else log(`The remembered device ${id} can't be read and is left out: ${parsed.error.issues[0]?.message}.`);
      }
      for (const record of [...records.values()]) {
        if (record.row.unit === null || records.has(record.row.parent ?? '')) continue;
        records.delete(record.row.id);
        log(`The port of the remembered device ${record.row.id} is not known any more: it is left out.`);
      }
      for (const { row } of records.values())
        if (row.added && !paths.some(({ path }) => path === row.path)) added.add(row.path);
      // The watch begins first, so that nothing falls between it and the first look.
      hotPlug = watchHotPlug({
        discover,
        configuredPaths: paths.map(({ path }) => path),
        onChange: rescanQuietly,
        configuredChanged: () => viewer.configuredChanged(),
        log,
        ...machine,
      });
      await rescan();
    },
    devices: () => [...records.values()].map(view),
    get(deviceId) {
      const record = records.get(deviceId);
      return record === undefined ? undefined : view(record);
    },
    reportDescriptor(deviceId) {
      const stored = records.get(deviceId)?.row.report_descriptor ?? null;
      return stored === null ? null : Uint8Array.from(Buffer.from(stored, 'base64'));
    },
    ensureUnit,
    async addAddress(path) {
      const presentAt = () => [...records.values()].find(({ row, port }) => row.unit === null && port?.path === path);
      const there = presentAt();
      if (there !== undefined) throw alreadyKnown(view(there));
      added.add(path);
      await rescan();
      await publisher.stored();
      const record = presentAt();
      if (record !== undefined) return view(record);
      added.delete(path);
      throw new AgentError('closed', `${path} was not added: the agent is stopping.`);
    },
    async removeAddress(deviceId) {
      const record = recordOf(deviceId);
      requireAdded(view(record));
      const { path } = record.row;
      added.delete(path);
      // A look that is on its way still sees it; the one after it does not.
      await rescan();
      const causeId = causes.causeOf({ path, topology: null }, performance.now());
      try {
        for (const { row } of [...unitsOf(record), record]) {
          await publisher.forget(row.id, causeId);
          records.delete(row.id);
        }
      } catch (error) {
        // What would be there again after a restart is there now.
        added.add(path);
        await rescan();
        throw error;
      }
    },
    async confirm(deviceId) {
      const confirmed = recordOf(deviceId);
      for (const record of [confirmed, ...unitsOf(confirmed)]) {
        record.row = { ...record.row, unsettled: false };
        settle(record, afterConfirmation(confirmationOf(record.row, record.reportedSerial)));
        publisher.store(record);
        publisher.publish(record, null);
      }
      await publisher.stored();
      return view(confirmed);
    },
    async recordIdentification(deviceId, { protocolSerial, model }, listing) {
      const record = recordOf(deviceId);
      settle(record, afterIdentification(confirmationOf(record.row, record.reportedSerial), protocolSerial));
      if (listing !== undefined) record.row = { ...record.row, answered_as: { listing, model } };
      const same = [...records.values()].filter(
        ({ row, reportedSerial }) =>
          reportedSerial !== null &&
          reportedSerial === record.reportedSerial &&
          row.answered_as?.listing === record.row.answered_as?.listing,
      );
      for (const each of same.length > 1 ? same : [record]) {
        if (same.length > 1) each.row = { ...each.row, protocol_serial_not_unique: true };
        publisher.store(each);
        publisher.publish(each, null);
      }
      await publisher.stored();
      return view(record);
    },
    async recordFound(deviceId, found) {
      const record = recordOf(deviceId);
      record.row = { ...record.row, found: foundSchema.parse(found) };
      publisher.store(record);
      await publisher.stored();
      return publisher.publish(record, null);
    },
    async recordBorrowed(deviceId, driver) {
      const record = records.get(deviceId);
      if (record === undefined || record.row.borrowed_driver === driver) return;
      record.row = { ...record.row, borrowed_driver: driver };
      publisher.store(record);
      await publisher.stored();
    },
    borrowed: () =>
      [...records.values()]
        .filter(({ row, port }) => row.borrowed_driver !== null && port !== null)
        .map(({ row }) => ({ id: row.id, path: row.path })),
    recordPrinterId(deviceId, id) {
      const record = records.get(deviceId);
      if (record === undefined || record.row.descriptor.ieee1284_id === id) return;
      record.row = { ...record.row, descriptor: { ...record.row.descriptor, ieee1284_id: id } };
      publisher.store(record);
      publisher.publish(record, null);
    },
    setProblem(deviceId, problem) {
      const record = records.get(deviceId);
      if (record === undefined) return;
      record.problem = problem;
      if (problem?.reason !== 'port_busy') record.holder = null;
      publisher.publish(record, null);
      if (problem?.reason !== 'port_busy') return;
      void findPortHolder(portOf(record).row.path).then((holder) => {
        if (record.problem !== problem || closing !== null) return;
        record.holder = holder;
        publisher.publish(record, null);
      });
    },
    rescan,
    subscribe: (listener) => publisher.subscribe(listener),
    close() {
      closing ??= (async () => {
        hotPlug?.close();
        await looking?.catch(() => {});
        await publisher.close();
      })();
      return closing;
    },
  };
}

function withMatching(row: DeviceRecord['row'], known: KnownPort): DeviceRecord['row'] {
  return { ...row, level: known.level, unsettled: known.unsettled, serial_not_unique: known.serialShared };
}
