import { AgentError, type Driver, type Identification } from '../../../drivers/kit/index.ts';
import type { ConfiguredPath } from '../../config/index.ts';
import type { Device, DeviceMemory, DeviceProblem } from '../device.ts';
import { seenConfiguredPorts } from './configured-ports.ts';
import { watchHotPlug } from './hot-plug.ts';
import {
  confidenceExplanation,
  confidenceOf,
  type KnownDevice,
  knownDeviceSchema,
  matchPorts,
  mintDeviceId,
  serialKey,
  twinSerials,
} from './identity.ts';
import { recognise, recognisedByAnswer } from './recognition.ts';
import { emptyDescriptor, type SeenPort } from './seen-port.ts';
import { listSerialPorts } from './serial-listing.ts';

/** What the registry tells. */
export type RegistryEvent =
  | { readonly type: 'changed'; readonly device: Device }
  | { readonly type: 'removed'; readonly deviceId: string; readonly causeId: string };

/** Every device of this machine, seen now or remembered. Opens no port and writes no byte. */
export interface DeviceRegistry {
  /** Resolves after the first complete look. */
  start(): Promise<void>;
  devices(): readonly Device[];
  get(deviceId: string): Device | undefined;
  ensureUnit(portDeviceId: string, unit: number): Promise<Device>;
  confirm(deviceId: string): Promise<Device>;
  recordIdentification(deviceId: string, identification: Identification, listing?: string): Promise<Device>;
  setProblem(deviceId: string, problem: DeviceProblem | null): void;
  rescan(): Promise<void>;
  subscribe(listener: (event: RegistryEvent) => void): () => void;
  close(): Promise<void>;
}

/** What a registry is made of. */
export interface DeviceRegistryOptions {
  readonly paths: readonly ConfiguredPath[];
  readonly discover: boolean;
  readonly memory: DeviceMemory;
  readonly drivers: readonly Driver[];
  readonly log?: (line: string) => void;
  /** RFC 3339 UTC. */
  readonly now?: () => string;
}

interface Entry {
  known: KnownDevice;
  /** The port as it was seen last; null while it is absent. A unit's presence is its port's. */
  port: SeenPort | null;
  problem: DeviceProblem | null;
  shown: string;
}

/** Makes the registry; see {@link DeviceRegistry}. */
export function createDeviceRegistry(options: DeviceRegistryOptions): DeviceRegistry {
  const { paths, discover, memory, drivers, log = () => {}, now = () => new Date().toISOString() } = options;
  const entries = new Map<string, Entry>();
  const listeners = new Set<(event: RegistryEvent) => void>();
  let hotPlug: { close(): void } | null = null;
  let looking: Promise<void> | null = null;
  let lookAgain = false;
  let started = false;

  const isPresent = ({ known, port }: Entry): boolean =>
    known.unit === null ? port !== null : entries.get(known.parent ?? '')?.port != null;

  const show = (entry: Entry): Device => {
    const { known, problem } = entry;
    const confidence = confidenceOf(known);
    const seen = recognise(known.descriptor, drivers);
    return {
      id: known.id,
      parent: known.parent,
      bus: 'serial',
      path: known.unit === null ? known.path : (entries.get(known.parent ?? '')?.known.path ?? known.path),
      unit: known.unit,
      present: isPresent(entry),
      simulated: known.simulated,
      declared: known.declared,
      descriptor: known.descriptor,
      identity: {
        confidence,
        explanation: confidenceExplanation[confidence],
        protocol_serial: known.protocol_serial,
        needs_confirmation: known.needs_confirmation,
      },
      recognition:
        known.answered_as === null
          ? seen
          : recognisedByAnswer(seen, known.answered_as.listing, known.answered_as.model),
      holder: null,
      problem,
      first_seen_at: known.first_seen_at,
      last_seen_at: known.last_seen_at,
    };
  };

  /** Tells of a device if anything a person could see has changed. */
  const publish = (entry: Entry): Device => {
    const device = show(entry);
    const shown = JSON.stringify({ ...device, last_seen_at: null });
    if (shown !== entry.shown) {
      entry.shown = shown;
      for (const listener of listeners) listener({ type: 'changed', device });
    }
    return device;
  };
  const remember = (entry: Entry) => memory.save({ id: entry.known.id, data: JSON.parse(JSON.stringify(entry.known)) });
  const publishUnitsOf = (portId: string) => {
    for (const entry of entries.values())
      if (entry.known.unit !== null && entry.known.parent === portId) publish(entry);
  };

  const entryOf = (deviceId: string): Entry => {
    const entry = entries.get(deviceId);
    if (entry === undefined)
      throw new AgentError('not_found', `There is no device ${deviceId}.`, { hint: 'See: fibric-edge devices' });
    return entry;
  };

  const newKnown = (
    port: Pick<SeenPort, 'path' | 'parent' | 'descriptor' | 'declared' | 'simulated'>,
    unit: number | null,
  ): KnownDevice => ({
    id: mintDeviceId(),
    path: port.path,
    parent: port.parent,
    unit,
    descriptor: { ...emptyDescriptor, ...port.descriptor },
    declared: port.declared,
    simulated: port.simulated,
    serial_not_unique: false,
    protocol_serial: null,
    answered_as: null,
    needs_confirmation: false,
    first_seen_at: now(),
    last_seen_at: now(),
  });

  /** A device known only by its place that went and came back may be another: a person has to say so. */
  const isReplug = (entry: Entry, port: SeenPort): boolean => started && entry.port?.incarnation !== port.incarnation;

  const see = async (port: SeenPort, known: KnownDevice | null, twin: boolean): Promise<void> => {
    let entry = known === null ? undefined : entries.get(known.id);
    const isNew = entry === undefined;
    entry ??= { known: newKnown(port, null), port: null, problem: null, shown: '' };
    const replugged = !isNew && isReplug(entry, port);
    const certain = ['protocol_serial', 'serial'].includes(
      confidenceOf({ ...entry.known, descriptor: { ...emptyDescriptor, ...port.descriptor } }),
    );
    const before = JSON.stringify({ ...entry.known, last_seen_at: null });
    entry.known = {
      ...entry.known,
      path: port.path,
      parent: port.parent,
      descriptor: { ...emptyDescriptor, ...port.descriptor },
      declared: port.declared,
      simulated: port.simulated,
      serial_not_unique: entry.known.serial_not_unique || twin,
      needs_confirmation: entry.known.needs_confirmation || (replugged && !certain),
      last_seen_at: now(),
    };
    // Same path, another birth: it was gone in between, though no look fell into the gap. Whoever has it open must notice.
    if (replugged && entry.port !== null) {
      entry.port = null;
      publish(entry);
      publishUnitsOf(entry.known.id);
    }
    entry.port = port;
    entries.set(entry.known.id, entry);
    if (isNew || before !== JSON.stringify({ ...entry.known, last_seen_at: null })) await remember(entry);
    publish(entry);
    publishUnitsOf(entry.known.id);
  };

  const unlisted = (error: unknown): readonly SeenPort[] => {
    log(AgentError.from(error).message);
    return [];
  };

  const look = async (): Promise<void> => {
    const listed = discover ? await listSerialPorts().catch(unlisted) : [];
    const configured = seenConfiguredPorts(paths);
    const named = new Set(configured.map((port) => port.path));
    const ports = [...configured, ...listed.filter((port) => !named.has(port.path))];
    const twins = twinSerials(ports);
    const matched = matchPorts(
      ports,
      [...entries.values()].map((entry) => entry.known),
    );
    const here = new Set([...matched.values()].map((known) => known?.id));
    for (const entry of entries.values()) {
      if (entry.known.unit !== null || entry.port === null || here.has(entry.known.id)) continue;
      entry.port = null;
      publish(entry);
      publishUnitsOf(entry.known.id);
    }
    for (const [port, known] of matched) await see(port, known, twins.has(serialKey(port.descriptor) ?? ''));
  };

  /** One look at a time; what changes meanwhile is looked at right after. */
  const rescan = (): Promise<void> => {
    if (looking !== null) {
      lookAgain = true;
      return looking;
    }
    looking = (async () => {
      do {
        lookAgain = false;
        await look();
      } while (lookAgain);
    })().finally(() => {
      looking = null;
    });
    return looking;
  };
  const rescanQuietly = () =>
    void rescan().catch((error) => log(`looking for devices failed: ${AgentError.from(error).message}`));

  /** Cheap: have the configured paths changed since they were seen? */
  const configuredChanged = (): boolean => {
    const seen = new Map(seenConfiguredPorts(paths).map((port) => [port.path, port.incarnation]));
    return paths.some(({ path }) => {
      const entry = [...entries.values()].find(({ known, port }) => known.unit === null && port?.path === path);
      return entry?.port?.incarnation !== seen.get(path);
    });
  };

  const ensureUnit = async (portDeviceId: string, unit: number): Promise<Device> => {
    const port = entryOf(portDeviceId);
    const found = [...entries.values()].find(({ known }) => known.parent === portDeviceId && known.unit === unit);
    if (found !== undefined) return show(found);
    const known = { ...newKnown({ ...port.known, parent: portDeviceId }, unit) };
    const entry: Entry = { known, port: null, problem: null, shown: '' };
    entries.set(known.id, entry);
    await remember(entry);
    return publish(entry);
  };

  return {
    async start() {
      for (const { data } of await memory.load()) {
        const parsed = knownDeviceSchema.safeParse(data);
        if (!parsed.success) log('a remembered device could not be read and is left out');
        else entries.set(parsed.data.id, { known: parsed.data, port: null, problem: null, shown: '' });
      }
      // The watch begins first, so that nothing falls between it and the first look.
      hotPlug = watchHotPlug({
        discover,
        configuredPaths: paths.map(({ path }) => path),
        onChange: rescanQuietly,
        onTick: () => configuredChanged() && rescanQuietly(),
        log,
      });
      await rescan();
      for (const { path, units } of paths) {
        const port = [...entries.values()].find(({ known }) => known.unit === null && known.path === path);
        if (port !== undefined) for (const unit of units) await ensureUnit(port.known.id, unit);
      }
      started = true;
    },
    devices: () => [...entries.values()].map(show),
    get(deviceId) {
      const entry = entries.get(deviceId);
      return entry === undefined ? undefined : show(entry);
    },
    ensureUnit,
    async confirm(deviceId) {
      const entry = entryOf(deviceId);
      entry.known = { ...entry.known, needs_confirmation: false };
      await remember(entry);
      return publish(entry);
    },
    async recordIdentification(deviceId, identification, listing) {
      const entry = entryOf(deviceId);
      const { protocolSerial, model } = identification;
      const next: KnownDevice = {
        ...entry.known,
        protocol_serial: protocolSerial ?? entry.known.protocol_serial,
        answered_as: listing === undefined ? entry.known.answered_as : { listing, model },
        needs_confirmation: protocolSerial === null ? entry.known.needs_confirmation : false,
      };
      if (JSON.stringify(next) !== JSON.stringify(entry.known)) {
        entry.known = next;
        await remember(entry);
      }
      return publish(entry);
    },
    setProblem(deviceId, problem) {
      const entry = entries.get(deviceId);
      if (entry === undefined) return;
      entry.problem = problem;
      publish(entry);
    },
    rescan,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async close() {
      hotPlug?.close();
      await looking?.catch(() => {});
      listeners.clear();
    },
  };
}
