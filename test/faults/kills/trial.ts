import { setTimeout as delay } from 'node:timers/promises';
import { AgentError } from '../../../drivers/kit/index.ts';
import { createRandom } from '../../../drivers/simulator-host/random.ts';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import { type Ask, type Load, pick, shuffled } from '../loads/load.ts';
import { type Bench, hasEnded } from '../support/bench.ts';
import { type Caller, type Door, doors, openCaller } from '../support/caller.ts';
import { connectorIds } from '../support/connector-ids.ts';
import { rowsByKey, toRow } from '../support/journal.ts';
import { readReceived, receivedBetween, settleDoubts } from '../support/received.ts';
import { interruptStart } from './interrupted-start.ts';
import { addVerdicts, judge, type Told, type Verdict } from './judge.ts';
import type { Pace } from './pace.ts';

/** Of all trials. */
const INTERRUPTED_STARTS = 0.15;
/** From the lock on the data folder until an idle machine's agent answers. */
const START_MS = 600;

/** What one trial was and how it ended. */
export interface TrialResult extends Verdict {
  readonly kill_after_ms: number;
  /** How often the agent that followed was killed too, while it started. */
  readonly start_kills: number;
  readonly reads: number;
  /** Reads that were answered with an error: a simulator that got no time to answer, or whatever else was said. */
  readonly reads_failed: number;
  /** What was said of effects and reads that failed. */
  readonly notes: readonly string[];
  /** Restart until everything answers. */
  readonly restart_ms: number;
}

/** The agent a trial leaves running, for the next one. */
export interface TrialEnd {
  readonly result: TrialResult;
  readonly agent: AgentProcess;
}

interface Asked {
  readonly load: Load;
  readonly ask: Ask;
  readonly door: Door;
  readonly key: string;
  readonly first: Promise<Told | null>;
}

/**
 * One kill under load: asks at random, SIGKILL at a random moment, a new agent, the same keys again, and the account of
 * it. `seed` decides everything but what the machine's scheduler does.
 */
export async function runTrial(
  bench: Bench,
  running: AgentProcess,
  token: string,
  loads: readonly Load[],
  seed: number,
  name: string,
  pace: Pace,
): Promise<TrialEnd> {
  const random = createRandom(seed);
  for (const load of loads) {
    if (load.change !== undefined) await bench.simulators.change(load.device.name, load.change(random));
  }
  const stateOf = (load: Load) => bench.simulators.state(load.device.name);
  const start = await readReceived(loads, stateOf);
  const ids = await connectorIds(running);
  const idOf = (load: Load) => ids.get(load.connector) ?? '';
  const wrong: string[] = [];
  const failures: string[] = [];

  const caller = await openCaller(running, token, loads.map(idOf));
  const killAfterMs = Math.round(random() * pace.spanMs());
  let killed = false;
  const asks = shuffled(
    random,
    loads.flatMap((load) => load.asks(random).map((ask) => ({ load, ask }))),
  );
  const asked = asks.map(({ load, ask }, index): Asked => {
    const door = pick(random, doors);
    const key = `${name}-${index}`;
    const first = delay(random() * pace.spanMs() * 0.25).then(() =>
      caller.act(door, idOf(load), ask.tool, { ...ask.arguments, idempotency_key: key }),
    );
    return { load, ask, door, key, first };
  });
  const reading = loads.map((load) => readOn(caller, load, idOf(load), () => killed, { wrong, failures }));
  await delay(killAfterMs);
  killed = true;
  if (hasEnded(running)) wrong.push(`the agent ended by itself: ${running.output().slice(-500)}`);
  else await running.kill();
  const firsts = await Promise.all(asked.map(({ first }) => first));
  pace.learn(firsts.filter((told) => told !== null).length, firsts.length);
  const reads = (await Promise.all(reading)).reduce((total, count) => total + count, 0);
  await caller.close();

  const interrupted = random() < INTERRUPTED_STARTS;
  if (interrupted) await interruptStart(bench, running.pid, Math.round(random() * START_MS));
  const restartedMs = performance.now();
  const agent = await bench.start();
  const restartMs = Math.round(performance.now() - restartedMs);
  const middle = await readReceived(loads, stateOf);
  const again = await openCaller(agent, token, loads.map(idOf));
  const lasts = await Promise.all(
    asked.map(({ load, ask, door, key }) =>
      again.act(door, idOf(load), ask.tool, { ...ask.arguments, idempotency_key: key }),
    ),
  );
  await again.close();
  const end = await readReceived(loads, stateOf);
  const rows = await rowsByKey(agent, asked.length * 2);

  const verdicts = await Promise.all(
    loads.map(async (load) => {
      const state = await stateOf(load);
      const own = [...asked.entries()].filter(([, one]) => one.load === load);
      const accounts = own.map(([index, { key, ask }]) => ({
        key,
        mark: ask.mark,
        first: firsts[index] ?? null,
        last: lasts[index] ?? null,
        row: toRow(rows.get(key)),
        shown: load.shows(state, ask),
      }));
      return judge(accounts, {
        before: receivedBetween(start, load, middle),
        after: receivedBetween(middle, load, end),
      });
    }),
  );
  asked.forEach(({ key }, index) => {
    if (lasts[index] === null) wrong.push(`${key}: asked again, and no answer came`);
  });
  await settleDoubts(agent, asked, rows, ({ load, ask }) =>
    receivedBetween(start, load, end).some(({ mark, done }) => mark === ask.mark && done),
  );
  const sum = addVerdicts(verdicts);
  const result = {
    ...sum,
    unaccounted: sum.unaccounted + wrong.length,
    wrong: [...sum.wrong, ...wrong],
    kill_after_ms: killAfterMs,
    start_kills: interrupted ? 1 : 0,
    reads,
    reads_failed: failures.length,
    notes: [
      ...new Set([
        ...failures,
        ...lasts.flatMap((told) => (told?.outcome === 'failed' ? [`${told.error?.code}: ${told.error?.message}`] : [])),
      ]),
    ],
    restart_ms: restartMs,
  };
  return { result, agent };
}

/** Reads until told to stop; resolves with how many reads were answered. */
async function readOn(
  caller: Caller,
  load: Load,
  connectorId: string,
  ended: () => boolean,
  { wrong, failures }: { readonly wrong: string[]; readonly failures: string[] },
): Promise<number> {
  let count = 0;
  while (!ended()) {
    for (const { tool, problem } of load.readings) {
      const output = await caller.read(connectorId, tool);
      if (output === null) return count;
      if (output instanceof AgentError) {
        if (!ended()) failures.push(`${tool}: ${output.message}`);
        continue;
      }
      const seen = problem(output);
      if (seen !== null) wrong.push(`${tool} of ${load.name}: ${seen}`);
      count += 1;
    }
  }
  return count;
}
