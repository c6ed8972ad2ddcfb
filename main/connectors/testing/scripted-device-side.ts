import { z } from 'zod';
import {
  AgentError,
  decodeLatin1,
  encodeLatin1,
  type JsonObject,
  type Plan,
  parseArguments,
} from '../../../drivers/kit/index.ts';
import type { ActAnswer, Binding, DeviceEvent, DeviceSide, PermitAuthority } from '../../hardware/index.ts';
import { throughClone } from './cloning-boundary.ts';
import { type DeviceWorld, listings, makeDevice, tools } from './device-world.ts';

/** Where a script may step in: it can throw, wait, or never resolve (a crash). */
export type Step = 'prepare' | 'read' | 'health' | 'turn' | 'check' | 'before_act' | 'after_act' | 'resolve';

/** A device side whose devices do as a test says. */
export interface ScriptedDeviceSide {
  readonly side: DeviceSide;
  /** Replaces what happens at a step; null for nothing. */
  at(step: Step, script: (() => void | Promise<void>) | null): void;
  /** Makes `act` answer so, after the frame was or was not taken. */
  answerAct(answer: ActAnswer | null, options?: { readonly takeFrame: boolean }): void;
  /** Ends every frame: a driver that has begun to send other bytes. */
  frameEnd: string;
  /** Whether `resolve` can tell. */
  canResolve: boolean;
  /** Joins every plan: what makes it a timed one. */
  planExtra: Partial<Pick<Plan, 'output' | 'timed' | 'minIntervalMs'>>;
  /** What {@link DeviceSide.releaseOutputs} does; nothing by default. */
  onRelease: ((connectorId: string | null) => void) | null;
  /** Whether `bind` answers `opening`; the test emits what follows. */
  openLate: boolean;
  emit(event: DeviceEvent): void;
  unplug(deviceId: string): void;
  plug(deviceId: string): void;
  /** How often each step was reached. */
  readonly reached: Map<Step, number>;
  readonly bindings: Map<string, Binding>;
  /** Whose wires are listened to. */
  readonly tapped: Set<string>;
}

const setArguments = z.strictObject({ relay: z.number(), on: z.boolean(), tag: z.string().default('') });
const readArguments = z.strictObject({ relay: z.number() });
const configSchema = z.strictObject({ baud_rate: z.int().default(9600) });

/** Over a world; redeems permits as a real session does. */
export function createScriptedDeviceSide(world: DeviceWorld, permits: PermitAuthority): ScriptedDeviceSide {
  const scripts = new Map<Step, () => void | Promise<void>>();
  const reached = new Map<Step, number>();
  const bindings = new Map<string, Binding>();
  const listeners = new Set<(event: DeviceEvent) => void>();
  const waits = new Map<string, (error: AgentError) => void>();
  const queues = new Map<string, Promise<void>>();
  const turns = new Map<string, { readonly binding: Binding; readonly end: () => void }>();
  let actAnswer: { readonly answer: ActAnswer; readonly takeFrame: boolean } | null = null;
  let turnNumber = 0;

  const step = async (name: Step) => {
    reached.set(name, (reached.get(name) ?? 0) + 1);
    await scripts.get(name)?.();
  };
  const emit = (event: DeviceEvent) => {
    for (const listener of listeners) listener(event);
  };
  const bound = (connectorId: string) => {
    const binding = bindings.get(connectorId);
    if (binding === undefined) throw new AgentError('closed', `${connectorId} is not bound`);
    return binding;
  };
  const transact = ({ connectorId, deviceId }: Binding) => {
    const present = world.devices.get(deviceId)?.present === true;
    const error = !present
      ? new AgentError('device_unplugged', `${deviceId} is unplugged`)
      : world.silent.has(deviceId)
        ? new AgentError('no_reply', `${deviceId} did not answer`, {
            details: { expected: 'a reply', seen: 'nothing' },
          })
        : null;
    emit({ type: 'transaction', connectorId, at: '2026-07-02T15:00:00.000Z', error: error?.serialize() ?? null });
    if (error !== null) throw error;
  };
  const turnOf = (turnId: string) => {
    const turn = turns.get(turnId);
    if (turn === undefined) throw new AgentError('closed', `no turn ${turnId}`);
    return turn.binding;
  };
  const stateOf = (binding: Binding) =>
    world.devices.get(binding.deviceId)?.present === true
      ? { state: 'ready' as const, identification: null }
      : {
          state: 'unavailable' as const,
          error: new AgentError('device_unplugged', `${binding.deviceId} is unplugged`).serialize(),
        };

  const inner: DeviceSide = {
    start: async () => {},
    listings: async () => listings,
    devices: async () => [...world.devices.values()],
    async ensureUnit({ deviceId, unit }) {
      const id = `${deviceId}_${unit}`;
      const device = world.devices.get(id) ?? makeDevice(id, `U${unit}`, { parent: deviceId, unit });
      world.devices.set(id, device);
      return device;
    },
    checkAddress: async ({ address }) => ({ address, deviceId: null, reachable: true, error: null }),
    async addAddress({ address }) {
      const device = makeDevice(`dev_net${world.devices.size}`, '', { path: address, bus: 'tcp', added: true });
      world.devices.set(device.id, device);
      return device;
    },
    async removeAddress({ deviceId }) {
      world.devices.delete(deviceId);
    },
    async confirm({ deviceId }) {
      const device = world.devices.get(deviceId);
      if (device === undefined) throw new AgentError('not_found', 'no such device');
      const confirmed = { ...device, identity: { ...device.identity, needs_confirmation: false } };
      world.devices.set(deviceId, confirmed);
      return confirmed;
    },
    async identify({ deviceId, listing }) {
      const device = world.devices.get(deviceId);
      if (device === undefined) throw new AgentError('not_found', 'no such device');
      const nothing = { config: {}, exchanges: [], attempts: [], left_out: [], warnings: [] };
      return { device, listing, recognised: true, identification: null, error: null, ...nothing };
    },
    async identifyUnknown() {
      throw new AgentError('not_supported', 'nobody is there to be asked');
    },
    async checkConfig({ config }) {
      const parsed = configSchema.safeParse(config);
      if (!parsed.success) throw new AgentError('invalid_parameter', 'config: wrong key');
      return parsed.data;
    },
    describeTools: async () =>
      tools.map((tool) => ({ ...tool, min_confidence: tool.side_effect ? world.minConfidence : null })),
    async bind(binding) {
      bindings.set(binding.connectorId, binding);
      return scripted.openLate ? { state: 'opening' } : stateOf(binding);
    },
    async unbind({ connectorId }) {
      bindings.delete(connectorId);
    },
    bindingState: async ({ connectorId }) => stateOf(bound(connectorId)),
    async prepare({ tool, arguments: args }) {
      await step('prepare');
      if (tool === 'relay.read') return { arguments: parseArguments(readArguments, args, tool), plan: null };
      const parsed = parseArguments(setArguments, args, tool);
      const text = `SET ${parsed.relay} ${parsed.on ? 'on' : 'off'} ${parsed.tag}${scripted.frameEnd}`;
      const data: JsonObject = { ...parsed };
      const frames = [{ bytes: encodeLatin1(text), label: 'set' }];
      return {
        arguments: parsed,
        plan: { summary: `Switch relay ${parsed.relay}`, frames, data, ...scripted.planExtra },
      };
    },
    async preview({ tool }) {
      throw new AgentError('not_supported', `${tool} makes nothing that could be shown.`);
    },
    async read({ connectorId, callId, arguments: args }) {
      const { relay } = parseArguments(readArguments, args, 'relay.read');
      const ended = Promise.withResolvers<never>();
      waits.set(callId, ended.reject);
      try {
        await Promise.race([step('read'), ended.promise]);
      } finally {
        waits.delete(callId);
      }
      const binding = bound(connectorId);
      transact(binding);
      return { on: world.relays.get(`${binding.deviceId}/${relay}`) ?? false };
    },
    async healthCheck({ connectorId }) {
      await step('health');
      transact(bound(connectorId));
      return { answered: true };
    },
    async openTurn({ connectorId, callId }) {
      await step('turn');
      const binding = bound(connectorId);
      if (world.devices.get(binding.deviceId)?.present !== true) {
        throw new AgentError('device_unplugged', `${binding.deviceId} is unplugged`);
      }
      const before = queues.get(binding.deviceId) ?? Promise.resolve();
      const done = Promise.withResolvers<void>();
      const ended = Promise.withResolvers<never>();
      queues.set(
        binding.deviceId,
        before.then(() => done.promise),
      );
      waits.set(callId, ended.reject);
      try {
        await Promise.race([before, ended.promise]);
      } catch (error) {
        done.resolve();
        throw error;
      } finally {
        waits.delete(callId);
      }
      turnNumber += 1;
      turns.set(`turn_${turnNumber}`, { binding, end: done.resolve });
      return { turnId: `turn_${turnNumber}` };
    },
    async check({ turnId }) {
      const binding = turnOf(turnId);
      await step('check');
      transact(binding);
      return { count: world.counts.get(binding.deviceId) ?? 0 };
    },
    async act({ turnId, plan, permit }) {
      const { deviceId, connectorId } = turnOf(turnId);
      if (!permits.redeem(permit, plan)) throw new AgentError('frame_not_permitted', 'no permit for these frames');
      await step('before_act');
      if (actAnswer === null || actAnswer.takeFrame) {
        for (const frame of plan.frames) world.received.push(decodeLatin1(frame.bytes));
        world.counts.set(deviceId, (world.counts.get(deviceId) ?? 0) + 1);
        world.relays.set(`${deviceId}/${String(plan.data['relay'])}`, plan.data['on'] === true);
      }
      await step('after_act');
      if (actAnswer !== null) return actAnswer.answer;
      transact({ ...turnOf(turnId), connectorId });
      return {
        outcome: 'applied',
        sent: true,
        evidence: 'read_back',
        result: { on: plan.data['on'] },
        error: null,
        held: plan.timed !== undefined,
      };
    },
    async resolve({ turnId, witness }) {
      const binding = turnOf(turnId);
      await step('resolve');
      transact(binding);
      if (!scripted.canResolve) return { happened: 'unknown', reason: 'the board does not say' };
      const happened = (world.counts.get(binding.deviceId) ?? 0) > Number(witness['count']);
      return { happened, evidence: 'counter' };
    },
    async closeTurn({ turnId }) {
      turns.get(turnId)?.end();
      turns.delete(turnId);
    },
    async tapWire({ connectorId, open }) {
      if (open) scripted.tapped.add(connectorId);
      else scripted.tapped.delete(connectorId);
    },
    releaseOutputs: async ({ connectorId }) => scripted.onRelease?.(connectorId),
    async cancel({ callId }) {
      waits.get(callId)?.(new AgentError('cancelled', 'the call was cancelled'));
    },
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    close: async () => {},
  };

  const setPresent = (deviceId: string, present: boolean) => {
    const device = world.devices.get(deviceId);
    if (device === undefined) throw new Error(`no device ${deviceId}`);
    const changed = { ...device, present };
    world.devices.set(deviceId, changed);
    if (present) emit({ type: 'device_changed', device: changed });
    else emit({ type: 'device_removed', deviceId, causeId: 'cause_1' });
    for (const binding of bindings.values()) {
      if (binding.deviceId !== deviceId) continue;
      const causeId = present ? null : 'cause_1';
      emit({ type: 'binding_changed', connectorId: binding.connectorId, binding: stateOf(binding), causeId });
    }
  };

  const scripted: ScriptedDeviceSide = {
    side: throughClone(inner),
    at(name, script) {
      if (script === null) scripts.delete(name);
      else scripts.set(name, script);
    },
    answerAct(answer, options = { takeFrame: true }) {
      actAnswer = answer === null ? null : { answer, takeFrame: options.takeFrame };
    },
    frameEnd: '',
    planExtra: {},
    onRelease: null,
    get canResolve() {
      return world.canResolve;
    },
    set canResolve(can) {
      world.canResolve = can;
    },
    openLate: false,
    emit,
    unplug: (deviceId) => setPresent(deviceId, false),
    plug: (deviceId) => setPresent(deviceId, true),
    reached,
    bindings,
    tapped: new Set(),
  };
  return scripted;
}
