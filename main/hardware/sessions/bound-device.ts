import {
  AgentError,
  type Driver,
  type DriverContext,
  describeSerialSettings,
  type Identification,
  type SerializedAgentError,
} from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { Binding, BindingState } from '../device-side.ts';
import type { WireTap } from '../wire/wire-taps.ts';
import type { Clock } from './clock.ts';
import type { KnownDevices, LogLine } from './device-registry.ts';
import { createDeviceWork, type DeviceWork } from './device-work.ts';
import { contextOf, type ParsedConfig, settingsOn, toolsOf } from './driver-catalogue.ts';
import { unplugged } from './open-errors.ts';
import type { Turn } from './port-queue.ts';
import type { Line, PortState } from './port-session.ts';
import type { Ports, PortUse } from './ports.ts';
import { createStreamReader, type NumberedEntry, type StreamReader } from './stream-reader.ts';
import { createToolSet, type ToolSet } from './tool-set.ts';
import { createUnitBackoff, noBackoff, type UnitBackoff } from './unit-backoff.ts';

/** The port for the length of one turn. */
export interface HeldLine {
  readonly line: Line;
  readonly turn: Turn;
}

/** A connector's device: what its driver is told, its share in the port, and whether it is the right one. */
export interface BoundDevice {
  readonly binding: Binding;
  readonly driver: Driver;
  state(): BindingState;
  /** Throws `device_unplugged` as long as the device was never seen. */
  tools(): ToolSet;
  /**
   * Waits for the device's turn, then makes sure that the device is the one that was bound. Rejects with what keeps the
   * port closed, `device_busy`, `no_reply` at once while a silent unit is left alone (unless `insist`), `wrong_device`, or
   * the signal's reason.
   */
  acquire(controller: AbortController, insist: boolean): Promise<HeldLine>;
  /** The driver's functions, for the holder of a turn. Throws `device_unplugged` as {@link BoundDevice.tools} does. */
  work(): DeviceWork;
  /** Its driver's one harmless question, for the holder of a turn; whether it answered, or can't be asked at all. */
  askHealth(held: HeldLine, signal: AbortSignal): Promise<boolean>;
  /** The port it is behind; null as long as the device was never seen. */
  portId(): string | null;
  /** The port's line while it is open, for what can't wait for a turn. */
  line(): Line | null;
  /** What the driver's own functions are told. Throws as {@link BoundDevice.tools} does. */
  context(): DriverContext;
  deviceChanged(): void;
  /** Ends all calls with `closed` and gives the port back. Idempotent. */
  close(): Promise<void>;
}

export interface BoundDeviceParts {
  readonly devices: KnownDevices;
  readonly ports: Ports;
  readonly clock: Clock;
  readonly log: LogLine;
  readonly onState: (state: BindingState, causeId: string | null) => void;
  readonly onTransaction: (error: SerializedAgentError | null) => void;
  /** Where its wire can be listened to. */
  readonly tap: WireTap;
  /** The device sent something by itself, or may have. */
  readonly onStream: (entry: NumberedEntry) => void;
}

/** While others use the port in another way it is asked for again this often. */
const CONFLICT_RETRY_MS = 1_000;

/** Begins to use the device at once, or as soon as detection knows it. */
export function createBoundDevice(
  parts: BoundDeviceParts,
  options: { readonly binding: Binding; readonly driver: Driver; readonly config: ParsedConfig },
): BoundDevice {
  const { devices, ports, clock, log, onTransaction, tap } = parts;
  const { binding, driver, config } = options;
  const calls = new Set<AbortController>();
  let attached: Attached | null = null;
  let use: PortUse | null = null;
  let stopWatching = () => {};
  let cancelRetry = () => {};
  let state: BindingState = { state: 'opening' };
  let stateKey = keyOf(state);
  let closed = false;
  /** `pending`: to be asked who it is before anything else. `deferred`: once it has answered something else. */
  let verification: 'pending' | 'deferred' | 'done' = 'pending';
  let lateAsked = false;

  const become = (next: BindingState, causeId: string | null = null) => {
    const key = keyOf(next);
    if (closed || key === stateKey) return;
    state = next;
    stateKey = key;
    parts.onState(next, causeId);
  };
  const unavailable = (error: AgentError, causeId: string | null = null) =>
    become({ state: 'unavailable', error: error.serialize() }, causeId);

  const nameDevice = (): string => {
    const device = devices.get(binding.deviceId);
    const place = device === undefined ? binding.deviceId : device.path;
    const unit = device === undefined || device.unit === null ? '' : `, unit ${device.unit}`;
    return `${binding.connectorName} (${place}${unit})`;
  };
  let name = nameDevice();
  const deviceName = () => name;

  const verify = async (line: Line, { work, context }: Attached, signal: AbortSignal): Promise<void> => {
    let identification: Identification;
    try {
      identification = await work.perform(line, { signal, about: { purpose: 'identify' } }, ({ link }) =>
        driver.identify(link, context),
      );
    } catch (cause) {
      const error = AgentError.from(cause);
      if (AgentError.is(error, 'cancelled', 'deadline_exceeded', 'closed', 'device_unplugged')) throw error;
      if (binding.protocolSerial !== null) {
        unavailable(error);
        throw error;
      }
      // Nothing says that it is another one; that it is silent, the call itself will show.
      if (verification === 'pending') verification = 'deferred';
      become({ state: 'ready', identification: null });
      return;
    }
    if (binding.protocolSerial !== null && identification.protocolSerial !== binding.protocolSerial) {
      const error = wrongDevice(deviceName(), binding.protocolSerial, identification.protocolSerial);
      unavailable(error);
      throw error;
    }
    verification = 'done';
    become({ state: 'ready', identification });
    devices.recordIdentification(binding.deviceId, identification, driver.id).catch((error: unknown) => {
      log(`What ${deviceName()} said of itself could not be kept: ${AgentError.from(error).message}`);
    });
  };

  const acquire: BoundDevice['acquire'] = async (controller, insist) => {
    const { signal } = controller;
    if (closed) throw closedError(binding);
    calls.add(controller);
    let turn: Turn | null = null;
    const release = () => {
      calls.delete(controller);
      turn?.release();
    };
    try {
      const here = requireAttached();
      const line = await requireUse().session.line(signal);
      if (!insist) requireAsked(here.backoff, deviceName, clock);
      turn = await line.queue.acquire(binding.deviceId, signal);
      // It may have fallen silent while this call waited.
      if (!insist) requireAsked(here.backoff, deviceName, clock);
      if (verification === 'pending') await verify(line, here, signal);
      return { line, turn: { release } };
    } catch (error) {
      release();
      throw error;
    }
  };

  /** Asks who it is in a turn of its own. What comes of it shows in the state. */
  const verifyInBackground = () => {
    const controller = new AbortController();
    const run = async () => {
      const askedByAcquire = verification === 'pending';
      const { line, turn } = await acquire(controller, false);
      try {
        if (!askedByAcquire) await verify(line, requireAttached(), controller.signal);
      } finally {
        turn.release();
      }
    };
    run().catch((error: unknown) => {
      if (AgentError.is(error, 'internal_error')) log(`${deviceName()} could not be identified: ${error.message}`);
    });
  };

  const onPort = (port: PortState) => {
    const reader = attached?.reader ?? null;
    if (port.type !== 'open') reader?.lost();
    else if (port.line.unasked !== null) reader?.opened(port.line.unasked);
    if (port.type === 'opening') become({ state: 'opening' });
    if (port.type === 'down') {
      tap.note('lost', port.error.message, null);
      unavailable(port.error, port.causeId);
    }
    if (port.type !== 'open') return;
    tap.note('opened', describeOpening(devices.get(binding.deviceId), config), null);
    // On a bus nobody waits for units of which nothing is known anyway.
    verification = driver.bus !== null && binding.protocolSerial === null ? 'deferred' : 'pending';
    lateAsked = false;
    if (verification === 'deferred') {
      become({ state: 'ready', identification: null });
      return;
    }
    become({ state: 'opening' });
    verifyInBackground();
  };

  const noteTransaction = (error: SerializedAgentError | null, answered: boolean) => {
    if (closed) return;
    onTransaction(error);
    if (answered && error === null && verification === 'deferred' && !lateAsked) {
      lateAsked = true;
      verifyInBackground();
    }
  };

  const prepare = (device: Device): Attached => {
    const context = contextOf(config, device, devices.reportDescriptor(device.id));
    const backoff = driver.bus === null ? noBackoff : createUnitBackoff(clock);
    const stream = driver.stream?.(context) ?? null;
    const onFault = (error: AgentError) => noteTransaction(error.serialize(), false);
    return {
      context,
      backoff,
      reader:
        stream === null ? null : createStreamReader({ stream, clock, deviceName, onEntry: parts.onStream, onFault }),
      tools: createToolSet(binding.connectorName, toolsOf(driver, context)),
      work: createDeviceWork({ driver, context, deviceName, clock, backoff, tap, onTransaction: noteTransaction }),
    };
  };

  const attach = () => {
    cancelRetry();
    if (closed || use !== null) return;
    const device = devices.get(binding.deviceId);
    if (device === undefined) {
      unavailable(unplugged(binding.deviceId));
      return;
    }
    attached ??= prepare(device);
    try {
      const portId = portOf(device);
      const { path, bus: link } = device;
      const settings = settingsOn(link, config);
      tap.follow(link);
      use = ports.use({ portId, path, link, driver, settings, userName: binding.connectorName, tap });
    } catch (error) {
      unavailable(AgentError.from(error));
      cancelRetry = clock.after(CONFLICT_RETRY_MS, attach);
      return;
    }
    stopWatching = use.session.watch(onPort);
    onPort(use.session.state());
  };

  const requireAttached = (): Attached => {
    if (attached === null) throw unplugged(binding.deviceId);
    return attached;
  };
  const requireUse = (): PortUse => {
    if (use !== null) return use;
    throw state.state === 'unavailable' ? AgentError.deserialize(state.error) : unplugged(binding.deviceId);
  };

  attach();

  return {
    binding,
    driver,
    state: () => state,
    tools: () => requireAttached().tools,
    work: () => requireAttached().work,
    acquire,
    async askHealth({ line }, signal) {
      const { work, context } = requireAttached();
      if (driver.isMute?.(context) === true) return false;
      await work.perform(line, { signal, about: { purpose: 'health' } }, ({ link }) =>
        driver.healthCheck(link, context),
      );
      return true;
    },
    portId() {
      const device = devices.get(binding.deviceId);
      return device === undefined ? null : portOf(device);
    },
    line() {
      const port = use?.session.state();
      return port?.type === 'open' ? port.line : null;
    },
    context: () => requireAttached().context,
    deviceChanged() {
      name = nameDevice();
      if (use === null) attach();
    },
    async close() {
      if (!closed) {
        closed = true;
        cancelRetry();
        stopWatching();
        attached?.reader?.close();
        const reason = closedError(binding);
        for (const controller of [...calls]) controller.abort(reason);
      }
      await use?.release();
    },
  };
}

interface Attached {
  readonly context: ReturnType<typeof contextOf>;
  readonly backoff: UnitBackoff;
  /** Null: this device sends nothing by itself. */
  readonly reader: StreamReader | null;
  readonly tools: ToolSet;
  readonly work: DeviceWork;
}

/** A unit on a bus is behind the bus's port. */
function portOf(device: Device): string {
  return device.unit === null ? device.id : (device.parent ?? device.id);
}

function describeOpening(device: Device | undefined, config: ParsedConfig): string {
  const settings = device === undefined ? null : settingsOn(device.bus, config);
  const line = settings === null ? '' : `, ${describeSerialSettings(settings)}`;
  return `${device?.path ?? 'The port'} is open${line}.`;
}

function keyOf(state: BindingState): string {
  return JSON.stringify(state);
}

function requireAsked(backoff: UnitBackoff, deviceName: () => string, clock: Clock): void {
  const waitMs = Math.ceil(backoff.waitMs());
  if (waitMs <= 0) return;
  const againAt = new Date(Date.parse(clock.wallTime()) + waitMs).toISOString();
  throw new AgentError(
    'no_reply',
    `${deviceName()} was silent when it was asked last; so that it holds up nobody else on its bus, it is asked again in ${(waitMs / 1000).toFixed(1)} s.`,
    {
      hint: 'Check that it is switched on, its wiring, and its address.',
      details: { device: deviceName(), asked_again_at: againAt, retry_after_ms: waitMs },
    },
  );
}

function wrongDevice(deviceName: string, expected: string, seen: string | null): AgentError {
  return new AgentError(
    'wrong_device',
    `Another unit is at ${deviceName}: serial number ${expected} was expected, ${seen ?? 'none'} was reported.`,
    {
      hint: 'Plug the right unit in, or remove the connector and install it for this one.',
      details: { device: deviceName, expected, seen: seen ?? 'none' },
    },
  );
}

function closedError(binding: Binding): AgentError {
  return new AgentError('closed', `${binding.connectorName} gave its device back.`, {
    details: { device: binding.connectorName },
  });
}
