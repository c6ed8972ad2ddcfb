/**
 * `npm run faults`: agents are killed at random moments under load, machines lose their power, then the machine around one
 * is broken in every other way we know. Ends with 0 when nothing was done twice, nothing is unaccounted for and every scenario held; else with 1;
 * with 2 on a command line that can't be used; with 130 after Ctrl-C.
 */
import { join } from 'node:path';
import { runKills } from './kills/run.ts';
import { addToLedger, areSound, describeCuts, describeSum, type LedgerEntry, readLedger, sumTrials } from './ledger.ts';
import { loads } from './loads/index.ts';
import { type FaultOptions, parseOptions, usage } from './options.ts';
import { runPowerCuts, whyNoPowerCuts } from './power/run.ts';
import { scenarios } from './scenarios/index.ts';

const say = (line: string): void => void process.stdout.write(`${line}\n`);

function readOptions(): FaultOptions | null {
  try {
    return parseOptions(process.argv.slice(2));
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n\n${usage}`);
    return null;
  }
}

async function run(options: FaultOptions, stop: AbortSignal): Promise<boolean> {
  const file = options.ledger ?? join(import.meta.dirname, '..', '..', '.cache', 'faults.jsonl');
  const seed = options.seed ?? Date.now() % 1_000_000_000;
  const entries: LedgerEntry[] = [];
  const keep = (entry: LedgerEntry) => {
    entries.push(entry);
    addToLedger(file, entry);
  };
  const wanted = (name: string) => options.only === undefined || name.includes(options.only);

  if (options.trials > 0 && wanted('kills')) {
    say(
      `kills: --seed ${seed} --from ${options.from}, ${options.trials} trials of ${loads.map(({ name }) => name).join(', ')}`,
    );
    await runKills({
      ...{ loads, seed, stop, apart: true, from: options.from, trials: options.trials },
      onTrial(entry) {
        keep(entry);
        for (const line of entry.wrong) say(`  WRONG  trial ${entry.trial}: ${line}`);
        const told = entries.length % 10 === 0 || entry.wrong.length > 0;
        if (told) say(`  ${describeSum(`trial ${entry.trial}`, sumTrials(entries))}`);
      },
    });
  }
  if (options.cuts > 0 && !stop.aborted && wanted('power-cuts')) {
    const missing = whyNoPowerCuts();
    say(
      `power-cuts: --seed ${seed} --from ${options.from}, ${missing === null ? `${options.cuts} cuts` : `skipped: ${missing}`}`,
    );
    const { from, cuts, 'lying-disk': lying } = options;
    if (missing === null) {
      await runPowerCuts({
        ...{ seed, stop, from, cuts, lying },
        onCut(entry) {
          // A lie is a trial of the bench, and says nothing of the agent.
          if (lying) entries.push(entry);
          else keep(entry);
          say(`  cut ${entry.trial}, ${entry.moment}: ${entry.effects} asked, ${entry.answered} answered before`);
          for (const line of entry.wrong) say(`  WRONG  ${line}`);
        },
      });
      say(`  ${describeCuts('power-cuts', entries)}`);
    }
  }
  for (const { name, promise, obstacle, run: runScenario } of scenarios) {
    if (stop.aborted || !wanted(name)) continue;
    const began = performance.now();
    const end = (verdict: 'passed' | 'failed' | 'skipped', why: string | null) => {
      const took = Math.round(performance.now() - began);
      keep({ type: 'scenario', at: new Date().toISOString(), name, verdict, why, took_ms: took });
      say(`  ${verdict.padEnd(8)}${why === null ? '' : `${why} `}(${(took / 1000).toFixed(1)} s)`);
    };
    say(`${name}: ${promise}`);
    const missing = obstacle();
    if (missing !== null) {
      end('skipped', missing);
      continue;
    }
    try {
      await runScenario({ brief: false });
      end('passed', null);
    } catch (error) {
      // The agent heard the Ctrl-C, too: what it did then says nothing.
      if (stop.aborted) continue;
      end('failed', error instanceof Error ? (error.stack ?? error.message) : String(error));
    }
  }

  const verdicts = entries.filter((entry) => entry.type === 'scenario').map(({ verdict }) => verdict);
  const many = (verdict: string) => verdicts.filter((one) => one === verdict).length;
  const sum = sumTrials(entries);
  say('');
  if (sum.trials > 0) say(describeSum('this run', sum));
  if (verdicts.length > 0)
    say(`scenarios: ${many('passed')} passed, ${many('failed')} failed, ${many('skipped')} skipped`);
  const all = sumTrials(readLedger(file));
  if (all.trials > 0) say(describeSum(`all runs in ${file}`, all));
  if (stop.aborted) say(`stopped; go on with: npm run faults -- --seed ${seed} --from ${options.from + sum.trials}`);
  return areSound(entries) && many('failed') === 0;
}

const options = readOptions();
if (options === null) process.exitCode = 2;
else if (options.help) say(usage);
else if (options.list)
  for (const { name, promise, obstacle } of scenarios)
    say(`${name}: ${promise}${obstacle() === null ? '' : ` (${obstacle()})`}`);
else {
  const stop = new AbortController();
  // The terminal sends Ctrl-C to all of its processes, and the set-up passes it on: it comes more than once.
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => stop.abort());
  // Whoever reads the output has had enough: what is counted stays in the ledger.
  process.stdout.on('error', () => stop.abort());
  const sound = await run(options, stop.signal);
  process.exitCode = sound ? (stop.signal.aborted ? 130 : 0) : 1;
}
