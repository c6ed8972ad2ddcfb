import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { InstallRule } from '../../config/index.ts';
import { createPermitAuthority, type DeviceSide } from '../../hardware/index.ts';
import type { ConnectorSide } from '../../sources/index.ts';
import { openStore, type Store } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import {
  type Caller,
  type CallResult,
  type Connector,
  type ConnectorService,
  createConnectorService,
  type EffectResult,
} from '../index.ts';
import type { Log } from '../log.ts';
import { createWorld, type DeviceWorld } from './device-world.ts';
import { createManualClock, type ManualClock } from './manual-clock.ts';
import { createScriptedDeviceSide, type ScriptedDeviceSide } from './scripted-device-side.ts';

/** A person at the machine. */
export const admin: Caller = { id: 'local-admin', kind: 'local-admin', name: 'local admin' };

/** A vault that is locked for good: nothing here may need it. */
export const lockedVault: Vault = {
  provider: 'keychain',
  description: 'locked',
  get: () => Promise.reject(new Error('the vault was used')),
  set: () => Promise.reject(new Error('the vault was used')),
  delete: () => Promise.reject(new Error('the vault was used')),
  check: () => Promise.reject(new Error('the vault was used')),
  close: async () => {},
};

/** A running service over a real store and scripted devices. */
export interface Bench {
  readonly world: DeviceWorld;
  readonly clock: ManualClock;
  readonly store: Store;
  service: ConnectorService;
  devices: ScriptedDeviceSide;
  /** What was logged as an error. */
  readonly complaints: string[];
  /** A new agent over the same disk and world; the old one is left as a crash leaves it, or closed first. */
  restart(options?: { readonly crash: boolean; readonly rules?: readonly InstallRule[] }): Promise<void>;
  /** Installs `cn-relay` on a device, with everything allowed. */
  installRelay(deviceId?: string): Promise<Connector>;
  /** Calls `relay.set`, and by default says that the answer arrived. */
  set(connectorId: string, args: JsonObject, options?: Partial<SetOptions>): Promise<EffectResult>;
  close(): Promise<void>;
}

export interface SetOptions {
  readonly caller: Caller;
  readonly signal: AbortSignal;
  readonly deliver: boolean;
  readonly deadlineMs: number;
  readonly onProgress: NonNullable<Parameters<ConnectorService['call']>[0]['onProgress']>;
}

export interface BenchOptions {
  readonly rules?: readonly InstallRule[];
  readonly approvalCountdownMs?: number;
  readonly wrapStore?: (store: Store) => Store;
}

/** One store for all tests of a file, since its writer thread takes longer to start than most of them to run. */
let shared: { readonly dataDir: string; readonly store: Promise<Store> } | null = null;

async function emptyStore(): Promise<Store> {
  if (shared === null) {
    const dataDir = mkdtempSync(join(tmpdir(), 'fibric-connectors-'));
    shared = { dataDir, store: openStore({ dataDir }) };
  }
  const store = await shared.store;
  await store.journal.write([
    { sql: 'DELETE FROM effects' },
    { sql: "UPDATE meta SET value = '1' WHERE key = 'epoch_acknowledged'" },
  ]);
  await store.state.write([
    ...['connectors', 'tests', 'rule_firings', 'operators'].map((table) => ({ sql: `DELETE FROM ${table}` })),
    { sql: "DELETE FROM settings WHERE key = 'paused'" },
  ]);
  return store;
}

afterAll(async () => {
  if (shared === null) return;
  await (await shared.store).close();
  rmSync(shared.dataDir, { recursive: true, force: true });
});

/** Opens a bench with an empty store. One at a time in a file; what it leaves behind is gone with the next. */
export async function openBench(options: BenchOptions = {}): Promise<Bench> {
  const real = await emptyStore();
  const world = createWorld();
  const clock = createManualClock();
  const complaints: string[] = [];
  const log: Log = { info() {}, warn() {}, error: (_fields, message) => complaints.push(message) };
  let rules = options.rules ?? [];
  const begin = async () => {
    const permits = createPermitAuthority();
    const devices = createScriptedDeviceSide(world, permits);
    const store = options.wrapStore?.(real) ?? real;
    const { approvalCountdownMs } = options;
    const parts = {
      deviceSide: withoutSources(devices.side),
      store,
      vault: lockedVault,
      permits,
      installRules: rules,
      clock,
      log,
      ...(approvalCountdownMs === undefined ? {} : { approvalCountdownMs }),
    };
    return { devices, service: await createConnectorService(parts) };
  };
  const first = await begin();
  const bench: Bench = {
    world,
    clock,
    store: real,
    complaints,
    service: first.service,
    devices: first.devices,
    async restart({ crash, rules: next } = { crash: false }) {
      if (crash) clock.forgetTimers();
      else await bench.service.close();
      rules = next ?? rules;
      const again = await begin();
      bench.service = again.service;
      bench.devices = again.devices;
    },
    async installRelay(deviceId = 'dev_a') {
      const connector = await bench.service.install(
        { listing: 'cn-relay', name: `Relay ${deviceId}`, auth: { type: 'none' }, config: { device: deviceId } },
        admin,
      );
      await bench.service.setPolicy(connector.id, { default: 'allow', tools: {} }, admin);
      return connector;
    },
    async set(connectorId, args, given = {}) {
      const call = await bench.service.call({
        connectorId,
        tool: 'relay.set',
        arguments: { relay: 1, on: true, ...args },
        caller: given.caller ?? admin,
        signal: given.signal ?? new AbortController().signal,
        ...(given.deadlineMs === undefined ? {} : { deadlineMs: given.deadlineMs }),
        ...(given.onProgress === undefined ? {} : { onProgress: given.onProgress }),
      });
      const answer = effectOf(call);
      if (given.deliver !== false) answer.delivered();
      return answer.result;
    },
    close: () => bench.service.close(),
  };
  return bench;
}

/** A side that has devices alone. */
function withoutSources(side: DeviceSide): ConnectorSide {
  const refuse = () => Promise.reject(new Error('there are no sources here'));
  return { ...side, bindSource: refuse, tryCredentials: refuse };
}

/** The answer of a side effect. */
export function effectOf(call: CallResult) {
  if (call.kind !== 'effect') throw new Error('a side effect was expected');
  return call;
}

/** Resolves with the first event that `wanted` accepts, from now on. */
export function nextEvent<Found>(
  service: ConnectorService,
  wanted: (event: Parameters<Parameters<ConnectorService['subscribe']>[0]>[0]) => Found | null,
): Promise<Found> {
  return new Promise((resolve) => {
    const stop = service.subscribe((event) => {
      const found = wanted(event);
      if (found === null) return;
      stop();
      resolve(found);
    });
  });
}
