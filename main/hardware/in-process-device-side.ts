import {
  AgentError,
  type Driver,
  type JsonObject,
  linkNames,
  linksOf,
  noDevice,
  type Plan,
} from '../../drivers/kit/index.ts';
import type { ConfiguredPath } from '../config/index.ts';
import type { Device, DeviceMemory } from './device.ts';
import type { Binding, DeviceEvent, DeviceSide } from './device-side.ts';
import {
  createDeviceRegistry,
  createLossCauses,
  explainPermission,
  findPortHolder,
  type OtherMachine,
  recognise,
} from './discovery/index.ts';
import { giveBackBorrowed } from './give-back-borrowed.ts';
import { type AskFamiliesParts, askFamilies } from './identifying/ask-families.ts';
import { identifyDevice } from './identifying/identify-device.ts';
import { planIdentification } from './identifying/plan-identification.ts';
import { addressInUse, requireNetworkAddress, tryAddress } from './network-addresses.ts';
import type { PermitAuthority } from './permit.ts';
import {
  type BoundDevice,
  contextOf,
  createBoundDevice,
  createCalls,
  createDriverCatalogue,
  createEventFan,
  createHeldOutputs,
  createPorts,
  createReadSharing,
  createTurns,
  type DriverCatalogue,
  describeTool,
  drawPreview,
  type Line,
  openPort,
  printerNotes,
  systemClock,
  toolsOf,
} from './sessions/index.ts';
import { createWireTaps, noWireTap } from './wire/wire-taps.ts';

export interface DeviceSideOptions {
  readonly drivers: readonly Driver[];
  readonly paths: readonly ConfiguredPath[];
  /** Whether the system's own serial ports are listed, beside the configured paths. */
  readonly discover: boolean;
  readonly memory: DeviceMemory;
  /** The redeeming end; the journal has the other. */
  readonly permits: Pick<PermitAuthority, 'redeem' | 'redeemRelease'>;
  /** Ports open at a time; the thread pool must have room for them (contract section 2). */
  readonly maxPorts: number;
  /** What went wrong where nobody waits for an answer. */
  readonly log?: (line: string) => void;
  /** Another machine than this one; in tests and benchmarks. */
  readonly machine?: OtherMachine;
}

/** How long a side effect that is on its way may still take when its connector is removed or the agent stops. */
const ACT_PATIENCE_MS = 5_000;
/** How long it is waited for that what is on is off. */
const RELEASE_PATIENCE_MS = 5_000;

/** The device side in this process. */
export function createDeviceSide(options: DeviceSideOptions): DeviceSide {
  const { drivers, paths, discover, memory, permits, maxPorts, machine, log = () => {} } = options;
  const clock = systemClock;
  const causes = createLossCauses();
  const placeOf = (portId: string) => {
    const port = registry.get(portId);
    return { path: port?.path ?? portId, topology: port?.descriptor.topology ?? null };
  };
  const registry = createDeviceRegistry({
    ...{ paths, discover, memory, drivers, causes, log },
    ...(machine === undefined ? {} : { machine }),
  });
  const events = createEventFan<DeviceEvent>((error) => log(`A listener failed: ${AgentError.from(error).message}`));
  const catalogue = createDriverCatalogue(drivers);
  const bound = new Map<string, BoundDevice>();
  const outputs = createHeldOutputs({ permits, clock, log, onOutput: (event) => events.emit(event) });
  const taps = createWireTaps(clock, (connectorId, frames) => events.emit({ type: 'wire', connectorId, frames }));
  const explanations = { findPortHolder, explainPermission };
  const ports = createPorts({
    devices: registry,
    explanations,
    clock,
    log,
    causes: {
      lost: (portId) => causes.causeOf(placeOf(portId), performance.now()),
      back: (portId) => causes.back(placeOf(portId)),
    },
    beforeUse: outputs.beforeUse,
    maxPorts,
    describe: (deviceId) => describeDevice(registry.get(deviceId), deviceId),
  });
  const calls = createCalls(clock);
  const turns = createTurns<Line>(permits, clock);
  const sharing = createReadSharing<JsonObject>();
  let closing: Promise<void> | null = null;

  const unfollow = registry.subscribe((event) => {
    const deviceId = event.type === 'changed' ? event.device.id : event.deviceId;
    if (event.type === 'changed') {
      const { device, causeId } = event;
      events.emit({ type: 'device_changed', device, ...(causeId === undefined ? {} : { causeId }) });
    } else events.emit({ type: 'device_removed', deviceId, causeId: event.causeId });
    ports.deviceChanged(deviceId);
    for (const device of bound.values()) if (device.binding.deviceId === deviceId) device.deviceChanged();
  });

  const find = (connectorId: string): BoundDevice => {
    const device = bound.get(connectorId);
    if (device !== undefined) return device;
    throw new AgentError('closed', `The connector ${connectorId} has no device in use.`, {
      hint: 'It was removed, or its device was not bound yet.',
      details: { connector_id: connectorId },
    });
  };

  const tapOn = (deviceId: string) => {
    const user = [...bound.values()].find(({ binding }) => binding.deviceId === deviceId);
    return user === undefined ? noWireTap : taps.of(user.binding.connectorId);
  };

  const bind = (binding: Binding): BoundDevice => {
    if (closing !== null) throw new AgentError('closed', 'The agent is stopping.');
    const driver = catalogue.get(binding.listing);
    const config = catalogue.parseConfig(binding.listing, binding.config);
    const device = registry.get(binding.deviceId);
    if (device !== undefined) {
      requirePlace(driver, device);
      driver.checkOptions?.(config.options, device.bus);
    }
    for (const other of bound.values()) {
      if (other.binding.deviceId !== binding.deviceId && other.binding.connectorId !== binding.connectorId) continue;
      throw new AgentError(
        'state_conflict',
        `${describeDevice(device, binding.deviceId)} is in use by ${other.binding.connectorName}.`,
        { hint: 'Remove that connector first.', details: { connector_id: other.binding.connectorId } },
      );
    }
    const { connectorId } = binding;
    // Its first states are in the answer; events are for what comes after it.
    let answered = false;
    const next = createBoundDevice(
      {
        devices: registry,
        ports,
        clock,
        log,
        onState(state, causeId) {
          if (state.state === 'unavailable') outputs.lost(connectorId);
          if (answered) events.emit({ type: 'binding_changed', connectorId, binding: state, causeId });
        },
        onTransaction(error) {
          events.emit({ type: 'transaction', connectorId, at: clock.wallTime(), error });
        },
        tap: taps.of(connectorId),
        onStream: (entry) => events.emit({ type: 'stream', connectorId, deviceId: binding.deviceId, ...entry }),
      },
      { binding, driver, config },
    );
    answered = true;
    bound.set(connectorId, next);
    // In this very turn of the loop: before the port can be opened, or before anyone else asks it.
    outputs.adopt(next, binding.releases ?? []);
    return next;
  };

  const unbind = async (connectorId: string): Promise<void> => {
    const device = bound.get(connectorId);
    if (device === undefined) return;
    const idle = turns.closeAll(connectorId, ACT_PATIENCE_MS);
    bound.delete(connectorId);
    // What is on already does not wait for what is only beginning.
    await Promise.all([idle, outputs.releaseAll(connectorId, RELEASE_PATIENCE_MS)]);
    await outputs.releaseAll(connectorId, RELEASE_PATIENCE_MS);
    outputs.forget(connectorId);
    await device.close();
  };

  return {
    async start() {
      await registry.start();
      await giveBackBorrowed(registry, log);
    },
    listings: async () => catalogue.listings(),
    devices: async () => registry.devices(),
    ensureUnit: ({ deviceId, unit }) => registry.ensureUnit(deviceId, unit),
    async checkAddress({ address: given, ...ticket }) {
      const address = requireNetworkAddress(given);
      const there = registry.devices().find(({ path, present, unit }) => path === address && present && unit === null);
      if (there !== undefined) return { address, deviceId: there.id, reachable: null, error: null };
      return calls.run(ticket, `Connecting to ${address}`, ({ signal }) => tryAddress(address, signal));
    },
    addAddress: async ({ address }) => registry.addAddress(requireNetworkAddress(address)),
    async removeAddress({ deviceId }) {
      const behind = new Set([
        deviceId,
        ...registry.devices().flatMap(({ id, parent }) => (parent === deviceId ? [id] : [])),
      ]);
      const user = [...bound.values()].find(({ binding }) => behind.has(binding.deviceId));
      if (user !== undefined) throw addressInUse(user.binding.connectorName);
      await registry.removeAddress(deviceId);
    },
    confirm: ({ deviceId }) => registry.confirm(deviceId),
    async identify({ deviceId, listing, config, dryRun, ...ticket }) {
      const driver = catalogue.get(listing);
      const parsed = catalogue.parseConfig(listing, config);
      const device = registry.get(deviceId);
      if (device === undefined) throw unknownDevice(deviceId);
      requirePlace(driver, device);
      driver.checkOptions?.(parsed.options, device.bus);
      if (dryRun) {
        const context = contextOf(parsed, device, registry.reportDescriptor(deviceId));
        return planIdentification(device, driver, context, clock);
      }
      return calls.run(ticket, `Identifying ${describeDevice(device, deviceId)}`, ({ signal }) =>
        identifyDevice({ devices: registry, ports, clock, tap: tapOn(deviceId) }, device, driver, parsed, signal),
      );
    },
    async identifyUnknown({ deviceId, dryRun, ...ticket }) {
      const device = registry.get(deviceId);
      if (device === undefined) throw unknownDevice(deviceId);
      requireNoObstacle(device);
      const notes = printerNotes(registry, device.unit === null ? deviceId : (device.parent ?? deviceId));
      const open: AskFamiliesParts['open'] = (place, signal) => openPort(place, explanations, notes, signal);
      const units = registry
        .devices()
        .flatMap(({ parent, unit }) => (parent === deviceId && unit !== null ? [unit] : []));
      const recognition = recognise(device.descriptor, drivers, device.bus);
      const byName = dryRun ? null : askedByName(catalogue, recognition.listing, device);
      return calls.run(ticket, `Identifying ${describeDevice(device, deviceId)}`, ({ signal }) => {
        if (byName !== null) {
          const { driver, config } = byName;
          return identifyDevice({ devices: registry, ports, clock, tap: noWireTap }, device, driver, config, signal);
        }
        return askFamilies(
          { devices: registry, ports, open, catalogue, drivers, clock },
          {
            device,
            recognition,
            units: device.unit === null ? units : [device.unit],
            dryRun,
            signal,
            onProgress: (progress) => events.emit({ type: 'identify_progress', callId: ticket.callId, progress }),
          },
        );
      });
    },
    checkConfig: async ({ listing, config }) => catalogue.completeConfig(listing, config),
    async describeTools({ listing, config, unit, link }) {
      const context = { ...noDevice, ...catalogue.parseConfig(listing, config), unit, link };
      return toolsOf(catalogue.get(listing), context).map(describeTool);
    },

    bind: async (binding) => bind(binding).state(),
    unbind: ({ connectorId }) => unbind(connectorId),
    bindingState: async ({ connectorId }) => find(connectorId).state(),

    async prepare({ connectorId, tool: capability, arguments: args }) {
      const { tool, arguments: parsed } = find(connectorId).tools().parse(capability, args);
      return { arguments: parsed, plan: tool.sideEffect ? tool.plan(parsed) : null };
    },
    async preview({ connectorId, tool: capability, arguments: args }) {
      const device = find(connectorId);
      return drawPreview(device.tools().sideEffect(capability), args, device.binding.connectorName);
    },
    async read({ connectorId, tool: capability, arguments: args, ...ticket }) {
      const device = find(connectorId);
      const tool = device.tools().read(capability);
      const ask = async (controller: AbortController): Promise<JsonObject> => {
        const held = await device.acquire(controller, false);
        try {
          const { signal } = controller;
          return await device
            .work()
            .perform(held.line, { signal, about: { purpose: 'read', tool: capability } }, ({ link }) =>
              tool.read(link, args),
            );
        } finally {
          held.turn.release();
        }
      };
      const key = `${connectorId}\n${capability}\n${JSON.stringify(args)}`;
      return calls.run(ticket, `${capability} of ${device.binding.connectorName}`, ({ signal }) =>
        sharing.share(key, signal, ask),
      );
    },
    async healthCheck({ connectorId, insist, ...ticket }) {
      const device = find(connectorId);
      return calls.run(ticket, `The check of ${device.binding.connectorName}`, async (controller) => {
        const held = await device.acquire(controller, insist);
        try {
          return { answered: await device.askHealth(held, controller.signal) };
        } finally {
          held.turn.release();
        }
      });
    },

    async openTurn({ connectorId, ...ticket }) {
      const device = find(connectorId);
      const hold = (journalId: string, plan: Plan) => outputs.prepare(device, journalId, plan);
      return calls.run(ticket, `Waiting for ${device.binding.connectorName}`, (controller) =>
        turns.open({ ...device, hold }, controller, ticket.deadlineMs),
      );
    },
    check: ({ turnId, tool, plan }) => turns.check(turnId, tool, plan),
    act: ({ turnId, tool, plan, witness, permit }) => turns.act(turnId, tool, plan, witness, permit),
    resolve: ({ turnId, tool, plan, witness }) => turns.resolve(turnId, tool, plan, witness),
    closeTurn: ({ turnId }) => turns.close(turnId),
    releaseOutputs: ({ connectorId }) => outputs.releaseAll(connectorId, RELEASE_PATIENCE_MS),

    tapWire: async ({ connectorId, open }) => taps.open(connectorId, open),

    cancel: async ({ callId }) => calls.cancel(callId),
    subscribe: (listener) => events.subscribe(listener),
    close() {
      closing ??= (async () => {
        await Promise.all([turns.closeAll(null, ACT_PATIENCE_MS), outputs.releaseAll(null, RELEASE_PATIENCE_MS)]);
        await Promise.all([...bound.keys()].map(unbind));
        await ports.close();
        taps.close();
        unfollow();
        await registry.close();
      })();
      return closing;
    },
  };
}

function describeDevice(device: Device | undefined, deviceId: string): string {
  if (device === undefined) return deviceId;
  return device.unit === null ? `The device at ${device.path}` : `Unit ${device.unit} at ${device.path}`;
}

function unknownDevice(deviceId: string): AgentError {
  return new AgentError('not_found', `There is no device ${deviceId}.`, {
    hint: 'List the devices: fibric-edge devices',
  });
}

/** A product that its descriptor names, of a family that is asked only by name, and needs nothing configured for it. */
function askedByName(catalogue: DriverCatalogue, listing: string | null, device: Device) {
  if (listing === null) return null;
  const driver = catalogue.get(listing);
  if (driver.firstQuestions !== undefined || (driver.bus === null) !== (device.unit === null)) return null;
  try {
    return {
      driver,
      config: catalogue.parseConfig(listing, device.found?.listing === listing ? device.found.config : {}),
    };
  } catch {
    return null;
  }
}

function requireNoObstacle({ obstacle }: Device): void {
  if (obstacle === undefined) return;
  throw new AgentError('invalid_parameter', `config.device: ${obstacle.message}`, {
    hint: obstacle.hint,
    details: { parameter: 'config.device' },
  });
}

/** Whether this driver can talk to what is at this place. */
function requirePlace(driver: Driver, device: Device): void {
  requireNoObstacle(device);
  if (!linksOf(driver).includes(device.bus)) {
    throw new AgentError(
      'invalid_parameter',
      `config.device: ${driver.id} speaks over ${linksOf(driver)
        .map((link) => linkNames[link])
        .join(' or ')}, and ${device.path} is on ${linkNames[device.bus]}.`,
      { hint: 'Choose another device, or another listing.', details: { parameter: 'config.device' } },
    );
  }
  requireUnit(driver, device);
}

function requireUnit(driver: Driver, device: Device): void {
  if (driver.bus !== null && device.unit === null) {
    const { minUnit, maxUnit } = driver.bus;
    throw new AgentError('invalid_parameter', `config.unit: missing; ${driver.id} talks to units on a bus.`, {
      hint: `Give the address that is set on the device, ${minUnit} to ${maxUnit}.`,
      details: { parameter: 'config.unit' },
    });
  }
  if (driver.bus === null && device.unit !== null) {
    throw new AgentError(
      'invalid_parameter',
      `config.unit: ${driver.id} has no addresses, and unit ${device.unit} was given.`,
      {
        hint: 'Choose the port itself.',
        details: { parameter: 'config.unit' },
      },
    );
  }
}
