import { setTimeout as delay } from 'node:timers/promises';
import { createRandom } from '../../../drivers/simulator-host/random.ts';
import { eventually } from '../../kernel/bench/patience.ts';
import { addVerdicts, judge, type Told, type Verdict } from '../kills/judge.ts';
import { type Ask, type Load, pick, shuffled } from '../loads/load.ts';
import { type Door, doors, openCaller } from '../support/caller.ts';
import { connectorIds } from '../support/connector-ids.ts';
import { rowsByKey, toRow } from '../support/journal.ts';
import { readReceived, receivedBetween, settleDoubts } from '../support/received.ts';
import type { Machine, MachineMoment, PoweredMachine } from './machine.ts';
import { describeMoment, pickMoment } from './moments.ts';

/** A load that has ended before its moment is cut off soon after. */
const AFTER_LOAD_MS = 300;

/** What one power cut was and how it ended. */
export interface CutResult extends Verdict {
  /** From the first ask to the cut. */
  readonly kill_after_ms: number;
  /** From switching on again until both devices were ready. */
  readonly restart_ms: number;
  readonly moment: string;
  /** Asks that were answered before the cut. */
  readonly answered: number;
  /** Sectors that were in the disk's cache, and how many of them it lost. */
  readonly unflushed: number;
  readonly lost: number;
}

/** The machine a cut leaves on, for the next one. */
export interface CutEnd {
  readonly result: CutResult;
  readonly on: PoweredMachine;
}

interface Asked {
  readonly load: Load;
  readonly ask: Ask;
  readonly door: Door;
  readonly key: string;
  readonly first: Promise<Told | null>;
}

/**
 * One power cut under load: asks at random, the power goes at a random moment, the machine boots from what the disk kept, the
 * same keys again, and the account of it. `seed` decides everything but what the schedulers of two kernels do.
 */
export async function runCut(
  machine: Machine,
  running: PoweredMachine,
  token: string,
  seed: number,
  name: string,
): Promise<CutEnd> {
  const random = createRandom(seed);
  const { loads } = machine;
  const moment = pickMoment(random);
  const stateOf = (load: Load) => machine.stateOf(load);
  const start = await readReceived(loads, stateOf);
  const ids = await connectorIds(running.agent);
  const idOf = (load: Load) => ids.get(load.connector) ?? '';
  const wrong: string[] = [];
  // Connecting is no ask: on a busy machine the emulator's network may refuse it at first.
  const open = ({ agent }: PoweredMachine) =>
    eventually('the callers are connected', () => openCaller(agent, token, loads.map(idOf)).catch(() => null));
  const caller = await open(running);
  const cutRandom = createRandom(seed ^ 0x5bd1e995);

  const cut = Promise.withResolvers<Awaited<ReturnType<PoweredMachine['cut']>>>();
  let cutMs: number | null = null;
  const beganMs = performance.now();
  const powerGoes = () => {
    if (cutMs !== null) return;
    cutMs = performance.now() - beganMs;
    machine.onMoment = () => {};
    cut.resolve(running.cut(cutRandom));
  };
  let count = 0;
  machine.onMoment = (seen: MachineMoment) => {
    if (seen !== moment.at) return;
    count += 1;
    if (count === moment.count) powerGoes();
  };
  const asks = shuffled(
    random,
    loads.flatMap((load) => load.asks(random).map((ask) => ({ load, ask }))),
  );
  const asked = asks.map(({ load, ask }, index): Asked => {
    const door = pick(random, doors);
    const key = `${name}-${index}`;
    const first = delay(random() * 500).then(() =>
      caller.act(door, idOf(load), ask.tool, { ...ask.arguments, idempotency_key: key }),
    );
    return { load, ask, door, key, first };
  });
  if (moment.at === 'time') void delay(moment.afterMs).then(powerGoes);
  void Promise.all(asked.map(({ first }) => first))
    .then(() => delay(random() * AFTER_LOAD_MS))
    .then(powerGoes);
  const loss = await cut.promise;
  const firsts = await Promise.all(asked.map(({ first }) => first));
  await caller.close();

  const on = await machine.powerOn();
  const middle = await readReceived(loads, stateOf);
  const idsAfter = await connectorIds(on.agent);
  for (const load of loads)
    if (idsAfter.get(load.connector) !== idOf(load)) wrong.push(`${load.name}: its connector is gone`);
  const again = await open(on);
  const lasts = await Promise.all(
    asked.map(({ load, ask, door, key }) =>
      again.act(door, idOf(load), ask.tool, { ...ask.arguments, idempotency_key: key }),
    ),
  );
  await again.close();
  const end = await readReceived(loads, stateOf);
  const rows = await rowsByKey(on.agent, asked.length * 2);

  const verdicts = loads.map((load) => {
    const accounts = [...asked.entries()]
      .filter(([, one]) => one.load === load)
      .map(([index, { key, ask }]) => ({
        key,
        mark: ask.mark,
        first: firsts[index] ?? null,
        last: lasts[index] ?? null,
        row: toRow(rows.get(key)),
        shown: load.shows(stateOf(load), ask),
      }));
    return judge(accounts, {
      before: receivedBetween(start, load, middle),
      after: receivedBetween(middle, load, end),
    });
  });
  asked.forEach(({ key }, index) => {
    if (lasts[index] === null) wrong.push(`${key}: asked again, and no answer came`);
  });
  await settleDoubts(on.agent, asked, rows, ({ load, ask }) =>
    receivedBetween(start, load, end).some(({ mark, done }) => mark === ask.mark && done),
  );
  const sum = addVerdicts(verdicts);
  return {
    on,
    result: {
      ...sum,
      ...loss,
      unaccounted: sum.unaccounted + wrong.length,
      wrong: [...sum.wrong, ...wrong],
      kill_after_ms: Math.round(cutMs ?? 0),
      restart_ms: on.upInMs,
      moment: describeMoment(moment),
      answered: firsts.filter((told) => told !== null).length,
    },
  };
}
