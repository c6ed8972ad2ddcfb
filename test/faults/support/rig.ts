import assert from 'node:assert/strict';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { EffectObject } from '../../../main/api/schemas/index.ts';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import { makeToken } from '../../whole/support/mcp.ts';
import { addVerdicts, judge, type Verdict } from '../kills/judge.ts';
import type { Ask, Load } from '../loads/load.ts';
import { relays } from '../loads/relays.ts';
import { scale } from '../loads/scale.ts';
import { type Bench, openBench, type StartOptions } from './bench.ts';
import { type Caller, openCaller } from './caller.ts';
import { connectorIds } from './connector-ids.ts';
import { rowsByKey, toRow } from './journal.ts';

/** One agent with a scale and a relay board, and an account of everything that was asked of it. */
export interface Rig {
  readonly bench: Bench;
  /** The agent that was started last. */
  agent(): AgentProcess;
  /** Starts the agent, or another one after the last has ended. */
  start(options?: StartOptions): Promise<AgentProcess>;
  /** Sets a tare that nothing else asks for; what its caller was told. Null: no answer came. */
  tare(): Promise<EffectObject | null>;
  /** Switches a relay to what it was not. */
  relay(): Promise<EffectObject | null>;
  /** Asks for the last side effect again, with its key. */
  again(): Promise<EffectObject | null>;
  weigh(): Promise<JsonObject | AgentError | null>;
  readRelays(): Promise<JsonObject | AgentError | null>;
  idOf(connector: string): string;
  /** Compares the devices with the journal and with what was told; rejects with what is doubled or unaccounted for. */
  account(): Promise<Verdict>;
  /** What was asked so far is no longer accounted for: its journal is gone. */
  forget(): Promise<void>;
  close(): Promise<void>;
}

interface Asked {
  readonly load: Load;
  readonly ask: Ask;
  readonly key: string;
  told: EffectObject | null;
}

/** Starts the simulators; the agent is started by {@link Rig.start}. */
export async function openRig(): Promise<Rig> {
  const loads = [relays, scale];
  const bench = await openBench(loads);
  let asked: Asked[] = [];
  let running: { agent: AgentProcess; caller: Caller; ids: ReadonlyMap<string, string> } | null = null;
  let token: string | null = null;
  let count = 0;
  const now = () => {
    assert(running !== null, 'no agent was started');
    return running;
  };
  const receivedBy = async (load: Load) => load.received(await bench.simulators.state(load.device.name));
  const start = new Map<Load, number>();
  const remember = async () => {
    for (const load of loads) start.set(load, (await receivedBy(load)).at(-1)?.sequence ?? 0);
  };
  const ask = async (one: Asked) => {
    const { caller, ids } = now();
    one.told = await caller.act('api', ids.get(one.load.connector) ?? '', one.ask.tool, {
      ...one.ask.arguments,
      idempotency_key: one.key,
    });
    return one.told;
  };
  const first = (load: Load, what: Ask) => {
    const one: Asked = { load, ask: what, key: `ask-${count}`, told: null };
    asked.push(one);
    return ask(one);
  };

  return {
    bench,
    agent: () => now().agent,
    async start(options) {
      await running?.caller.close();
      const agent = await bench.start(options);
      token ??= await makeToken(agent);
      const ids = await connectorIds(agent);
      running = { agent, ids, caller: await openCaller(agent, token, []) };
      if (start.size === 0) await remember();
      return agent;
    },
    tare() {
      count += 1;
      const value = (1 + count / 1000).toFixed(3);
      return first(scale, {
        tool: 'scale.tare',
        arguments: { action: 'preset', value, unit: 'kg' },
        mark: `TA ${value} kg`,
      });
    },
    relay() {
      count += 1;
      const done = asked.filter(({ load }) => load === relays).length;
      assert(done < 16, 'each relay can be told on once and off once, or the frames could not be told apart');
      const [relay, on] = [(done % 8) + 1, done < 8];
      return first(relays, {
        tool: 'relay.set',
        arguments: { relay, on },
        mark: `relay ${relay} ${on ? 'on' : 'off'}`,
      });
    },
    again() {
      const last = asked.at(-1);
      assert(last !== undefined, 'nothing was asked yet');
      return ask(last);
    },
    weigh: () => now().caller.read(now().ids.get(scale.connector) ?? '', 'weight.read'),
    readRelays: () => now().caller.read(now().ids.get(relays.connector) ?? '', 'relay.read'),
    idOf: (connector) => now().ids.get(connector) ?? '',
    async account() {
      const rows = await rowsByKey(now().agent, Number.POSITIVE_INFINITY);
      const verdicts = await Promise.all(
        loads.map(async (load) => {
          const state = await bench.simulators.state(load.device.name);
          const accounts = asked.flatMap(({ load: of, ask: { mark }, ask: what, key, told }) =>
            of === load
              ? [{ key, mark, first: null, last: told, row: toRow(rows.get(key)), shown: load.shows(state, what) }]
              : [],
          );
          const after = load.received(state).filter(({ sequence }) => sequence > (start.get(load) ?? 0));
          return judge(accounts, { before: [], after });
        }),
      );
      const verdict = addVerdicts(verdicts);
      assert.deepEqual(verdict.wrong, []);
      assert.equal(verdict.doubled + verdict.unaccounted, 0);
      return verdict;
    },
    async forget() {
      asked = [];
      await remember();
    },
    async close() {
      await running?.caller.close();
      await bench.close();
    },
  };
}

/** Runs `use` on a rig that is closed whatever happens. */
export async function withRig(use: (rig: Rig) => Promise<void>): Promise<void> {
  const rig = await openRig();
  try {
    await use(rig);
  } finally {
    await rig.close();
  }
}

/** What a read gave has to hold `key`; gives it back. */
export function assertRead(read: JsonObject | AgentError | null, key: string): JsonObject {
  assert(read !== null && !(read instanceof AgentError) && key in read, `it was not read: ${read?.['message']}`);
  return read;
}

/** What was told has to hold all of `expected`. */
export function assertTold(told: EffectObject | null, expected: Partial<EffectObject>): void {
  assert(told !== null, 'no answer came');
  assert.partialDeepStrictEqual(told, expected);
}
