/**
 * `npm run bench`: what the product costs, each figure beside a raw baseline taken in the same run. Prints a table and
 * keeps the figures as JSON in `bench-results/`. `npm run bench -- reads` runs only the parts whose name holds that word.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { cpus } from 'node:os';
import { join } from 'node:path';
import { measureEvents } from './events.ts';
import { measureHubEvents } from './hub-events.ts';
import { measureHubFairness } from './hub-fairness.ts';
import { measureHubLinks } from './hub-links.ts';
import { measureHubLists } from './hub-lists.ts';
import { measureHubRelay } from './hub-relay.ts';
import { measureIdle } from './idle.ts';
import { measureMcp } from './mcp.ts';
import { measurePacing } from './pacing.ts';
import { measurePlugs } from './plugs.ts';
import { measurePushes } from './pushes.ts';
import { measureReads } from './reads.ts';
import { measureReplug } from './replug.ts';
import { measureStart } from './start.ts';
import { measureWindow } from './window.ts';
import { measureWire } from './wire.ts';

const parts: Readonly<Record<string, () => Promise<object>>> = {
  start: measureStart,
  idle: measureIdle,
  reads: measureReads,
  wire: measureWire,
  replug: measureReplug,
  plugs: measurePlugs,
  pacing: measurePacing,
  pushes: measurePushes,
  mcp: measureMcp,
  window: measureWindow,
  events: measureEvents,
  'hub-links': measureHubLinks,
  'hub-relay': measureHubRelay,
  'hub-events': measureHubEvents,
  'hub-lists': measureHubLists,
  'hub-fairness': measureHubFairness,
};

const wanted = process.argv.slice(2);
const results: Record<string, unknown> = {
  at: new Date().toISOString(),
  node: process.version,
  cpus: cpus().length,
  cpu: cpus()[0]?.model,
};
for (const [name, measure] of Object.entries(parts)) {
  if (wanted.length > 0 && !wanted.some((word) => name.includes(word))) continue;
  process.stdout.write(`${name}…\n`);
  const figures = await measure();
  results[name] = figures;
  console.table(figures);
}
const folder = join(import.meta.dirname, '..', '..', 'bench-results');
mkdirSync(folder, { recursive: true });
const file = join(folder, `bench-${Date.now()}.json`);
writeFileSync(file, JSON.stringify(results, null, 2));
process.stdout.write(`kept in bench-results/${file.split('/').at(-1)}\n`);
