import { AgentError, type Driver, parseArguments, type SideEffectTool, toHex } from '../../drivers/kit/index.ts';
import type { ConfiguredPath } from '../config/index.ts';
import type { DeviceMemory } from './device.ts';
import type { BindingState, DeviceEvent, DeviceSide, IdentifyReport } from './device-side.ts';
import { createDeviceRegistry, mintCauseId } from './discovery/index.ts';
import type { PermitAuthority } from './permit.ts';
import { runAct } from './wire/act-runner.ts';
import { BindingSession } from './wire/binding-session.ts';
import { Calls, ReadSharing } from './wire/calls.ts';
import { DriverCatalogue } from './wire/driver-catalogue.ts';
import { createLink } from './wire/link.ts';
import { Ports } from './wire/port.ts';
import { Turns } from './wire/turns.ts';
import type { ExchangeRecord } from './wire/wire.ts';

/** What a device side is made of. */
export interface DeviceSideOptions {
  readonly drivers: readonly Driver[];
  readonly paths: readonly ConfiguredPath[];
  /** Whether the system's ports are listed beside the configured paths. */
  readonly discover: boolean;
  readonly memory: DeviceMemory;
  /** The redeeming end; the journal has the minting one. */
  readonly permits: Pick<PermitAuthority, 'redeem'>;
  readonly maxPorts: number;
  readonly log?: (line: string) => void;
}

/** The device side in this process. */
export function createDeviceSide(options: DeviceSideOptions): DeviceSide {
  const { drivers, permits, log = () => {} } = options;
  const catalogue = new DriverCatalogue(drivers);
  const registry = createDeviceRegistry({ ...options, log });
  const ports = new Ports(options.maxPorts, mintCauseId);
  const sessions = new Map<string, BindingSession>();
  const turns = new Turns();
  const calls = new Calls();
  const sharing = new ReadSharing();
  const listeners = new Set<(event: DeviceEvent) => void>();
  let closing: Promise<void> | null = null;

  const emit = (event: DeviceEvent): void => {
    for (const listener of listeners) listener(event);
  };
  const stopListening = registry.subscribe((event) => {
    if (event.type === 'removed') emit({ type: 'device_removed', deviceId: event.deviceId, causeId: event.causeId });
    else emit({ type: 'device_changed', device: event.device });
    const deviceId = event.type === 'removed' ? event.deviceId : event.device.id;
    for (const session of sessions.values()) if (session.binding.deviceId === deviceId) session.deviceChanged();
  });

  const deviceOf = (deviceId: string) => {
    const device = registry.get(deviceId);
    if (device === undefined)
      throw new AgentError('not_found', `There is no device ${deviceId}.`, { hint: 'See: fibric-edge devices' });
    return device;
  };
  const sessionOf = (connectorId: string): BindingSession => {
    const session = sessions.get(connectorId);
    if (session === undefined) throw new AgentError('closed', `${connectorId} is not bound to a device.`);
    return session;
  };
  const effectTool = (session: BindingSession, name: string): SideEffectTool => {
    const tool = session.tool(name);
    if (!tool.sideEffect) throw new AgentError('unknown_tool', `${name} is a read, not a side effect.`);
    return tool;
  };

  /** One transaction in a turn of its own: what health is made of. */
  const inTurn = async <T>(
    session: BindingSession,
    signal: AbortSignal,
    insist: boolean,
    run: () => Promise<T>,
  ): Promise<T> => {
    const release = await session.takeTurn(signal, insist);
    try {
      const value = await run();
      session.transacted(null);
      return value;
    } catch (error) {
      session.transacted(error);
      throw error;
    } finally {
      release();
    }
  };

  const identify = async (
    request: Parameters<DeviceSide['identify']>[0],
    signal: AbortSignal,
  ): Promise<IdentifyReport> => {
    const device = deviceOf(request.deviceId);
    const driver = catalogue.driver(request.listing);
    const context = catalogue.context(request.listing, request.config, device.unit);
    const records: ExchangeRecord[] = [];
    const record = (done: ExchangeRecord) => records.push(done);
    const owner = [...sessions.values()].find((session) => session.binding.deviceId === device.id);
    const ask = async () => {
      if (owner !== undefined) {
        if (owner.driver !== driver) {
          throw new AgentError('port_busy', `${device.path} is used by the connector ${owner.binding.connectorName}.`, {
            hint: 'Uninstall it first, or identify with its own listing.',
          });
        }
        return inTurn(owner, signal, true, () => driver.identify(owner.link(signal, { record }), context));
      }
      const user = { lost: () => {} };
      const port = await ports.acquire(
        device.path,
        context.settings,
        driver.link.quietBeforeSendMs?.(context.settings) ?? 0,
        device.path,
        user,
      );
      try {
        const release = await port.queue.acquire(device.id, device.path, signal);
        try {
          const resynchronisation = driver.resynchronise(context);
          return await driver.identify(
            createLink({ wire: port.wire, driver, deviceName: device.path, resynchronisation, signal, record }),
            context,
          );
        } finally {
          release();
        }
      } finally {
        await ports.release(device.path, user);
      }
    };
    log(`identify ${device.path} as ${request.listing}: harmless questions only`);
    const exchanges = () =>
      records.map(({ label, sent, received }) => ({ label, sent: toHex(sent), received: toHex(received) }));
    try {
      const identification = await ask();
      const known = await registry.recordIdentification(device.id, identification);
      return {
        device: known,
        listing: request.listing,
        recognised: true,
        identification,
        error: null,
        exchanges: exchanges(),
      };
    } catch (cause) {
      const error = AgentError.from(cause);
      if (!AgentError.is(error, 'no_reply', 'bad_reply', 'device_refused')) throw error;
      return {
        device,
        listing: request.listing,
        recognised: false,
        identification: null,
        error: error.serialize(),
        exchanges: exchanges(),
      };
    }
  };

  return {
    start: () => registry.start(),
    listings: async () => catalogue.listings(),
    devices: async () => registry.devices(),
    ensureUnit: ({ deviceId, unit }) => registry.ensureUnit(deviceId, unit),
    confirm: ({ deviceId }) => registry.confirm(deviceId),
    identify: (request) => calls.run(request, 'Identifying the device', (signal) => identify(request, signal)),
    checkConfig: async ({ listing, config }) => catalogue.parseConfig(listing, config),
    describeTools: async ({ listing, config, unit }) => catalogue.describeTools(listing, config, unit),

    async bind(binding) {
      const device = deviceOf(binding.deviceId);
      const bound = [...sessions.values()].find((session) => session.binding.deviceId === binding.deviceId);
      if (bound !== undefined || sessions.has(binding.connectorId)) {
        throw new AgentError(
          'state_conflict',
          `${device.path} is used by the connector ${bound?.binding.connectorName ?? binding.connectorName} already.`,
          {
            hint: 'Uninstall that one first.',
          },
        );
      }
      const session = new BindingSession(
        binding,
        catalogue.driver(binding.listing),
        catalogue.context(binding.listing, binding.config, device.unit),
        {
          ports,
          device: () => registry.get(binding.deviceId),
          onState: (state: BindingState, causeId) =>
            emit({ type: 'binding_changed', connectorId: binding.connectorId, binding: state, causeId }),
          onTransaction: (error) =>
            emit({
              type: 'transaction',
              connectorId: binding.connectorId,
              at: new Date().toISOString(),
              error: error?.serialize() ?? null,
            }),
          onIdentified: (identification) => {
            registry
              .recordIdentification(binding.deviceId, identification)
              .catch((error) => log(AgentError.from(error).message));
          },
        },
      );
      sessions.set(binding.connectorId, session);
      session.deviceChanged();
      return session.state;
    },
    async unbind({ connectorId }) {
      const session = sessions.get(connectorId);
      sessions.delete(connectorId);
      await session?.close();
    },
    bindingState: async ({ connectorId }) => sessionOf(connectorId).state,

    async prepare({ connectorId, tool: name, arguments: given }) {
      const tool = sessionOf(connectorId).tool(name);
      const parsed = JSON.parse(JSON.stringify(parseArguments(tool.input, given, name)));
      return { arguments: parsed, plan: tool.sideEffect ? tool.plan(given) : null };
    },
    async read({ connectorId, tool: name, arguments: given, ...ticket }) {
      const session = sessionOf(connectorId);
      const tool = session.tool(name);
      if (tool.sideEffect) throw new AgentError('unknown_tool', `${name} acts on the device; it is not a read.`);
      const key = `${connectorId} ${name} ${JSON.stringify(given)}`;
      return calls.run(ticket, `${session.binding.connectorName}: ${name}`, (signal) =>
        sharing.run(key, signal, (shared) =>
          inTurn(session, shared, false, () => tool.read(session.link(shared), given)),
        ),
      );
    },
    async healthCheck({ connectorId, insist, ...ticket }) {
      const session = sessionOf(connectorId);
      await calls.run(ticket, `${session.binding.connectorName}: health check`, (signal) =>
        inTurn(session, signal, insist, () => session.driver.healthCheck(session.link(signal), session.context)),
      );
    },

    async openTurn({ connectorId, ...ticket }) {
      const session = sessionOf(connectorId);
      const release = await calls.run(ticket, `${session.binding.connectorName}: waiting for its turn`, (signal) =>
        session.takeTurn(signal, false),
      );
      return { turnId: turns.open(session, release, ticket.deadlineMs).id };
    },
    async check({ turnId, tool, plan }) {
      const { session, signal } = turns.get(turnId);
      try {
        const witness = await effectTool(session, tool).check(session.link(signal), plan);
        session.transacted(null);
        return witness;
      } catch (error) {
        session.transacted(error);
        throw error;
      }
    },
    async act({ turnId, tool: name, plan, witness, permit }) {
      const { session } = turns.get(turnId);
      const tool = effectTool(session, name);
      if (!permits.redeem(permit, plan)) {
        throw new AgentError(
          'frame_not_permitted',
          `There is no permit for this action on ${session.binding.connectorName}.`,
          {
            hint: 'Nothing was sent.',
          },
        );
      }
      return turns.whileActing(turnId, async () => {
        const link = session.link(new AbortController().signal, { permitted: plan });
        const answer = await runAct(tool, link, plan, witness);
        session.transacted(answer.error === null ? null : AgentError.deserialize(answer.error));
        return answer;
      });
    },
    async resolve({ turnId, tool, plan, witness }) {
      const { session, signal } = turns.get(turnId);
      return effectTool(session, tool).resolve(session.link(signal), plan, witness);
    },
    async closeTurn({ turnId }) {
      turns.close(turnId);
    },

    async cancel({ callId }) {
      calls.cancel(callId);
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close() {
      closing ??= (async () => {
        stopListening();
        turns.closeAll();
        await Promise.all([...sessions.values()].map((session) => session.close()));
        sessions.clear();
        await registry.close();
      })();
      return closing;
    },
  };
}
