import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { createRandom } from '../../../drivers/simulator-host/random.ts';
import { assertRead, assertTold, type Rig, withRig } from '../support/rig.ts';
import type { Scenario } from './scenario.ts';

const SEED = 20_260_702;
const FLIPS = 20;

/** What is done to a database file while the agent is stopped. */
const damages: Readonly<Record<string, (path: string) => void>> = {
  'its header': (path) => change(path, (bytes) => bytes.fill(0x5a, 0, 100)),
  'a page within': (path) => change(path, (bytes) => bytes.fill(0xa5, 8_192, 12_288)),
  'its end cut off': (path) => truncateSync(path, 9_000),
  'garbage in its place': (path) => writeFileSync(path, Buffer.alloc(40_000, 'not a database')),
};

/** The disk gives back something else than was written. */
export const damagedDatabases: Scenario = {
  name: 'damaged-databases',
  promise: 'a damaged journal is kept, actions are locked until a person takes note; a damaged state is refused',
  obstacle: () => null,
  run: ({ brief }) =>
    withRig(async (rig) => {
      await rig.start();
      for (let count = 0; count < 12; count += 1) assertTold(await rig.tare(), { outcome: 'applied' });
      await rig.account();
      await rig.agent().stop();
      const whole = `${rig.bench.dataDir}-whole`;
      copyFolder(rig.bench.dataDir, whole);

      const every = Object.entries(damages);
      for (const [what, damage] of brief ? every.slice(1, 3) : every) await damageJournal(rig, whole, what, damage);
      for (const [what, damage] of brief ? every.slice(3) : every) await damageState(rig, whole, what, damage);
      const random = createRandom(SEED);
      for (let flip = 0; flip < (brief ? 2 : FLIPS); flip += 1) await flipOneBit(rig, whole, random);
    }),
};

async function damageJournal(rig: Rig, whole: string, what: string, damage: (path: string) => void): Promise<void> {
  const path = restore(rig, whole, 'journal.db');
  damage(path);
  const damaged = readFileSync(path);
  const { api } = await rig.start();
  await rig.forget();
  const [kept = ''] = readdirSync(rig.bench.dataDir).filter((name) => /^journal\.db\.kept-\w+$/.test(name));
  assert(
    readFileSync(join(rig.bench.dataDir, kept)).equals(damaged),
    `${what}: the damaged file was not kept as it was`,
  );

  assertTold(await rig.tare(), { outcome: 'refused', sent: false });
  assertRead(await rig.weigh(), 'value');
  const health = await api.getHealth();
  assert.equal(health.status, 'attention');
  assert.equal(health.journal.acknowledged, false);
  const check = (await api.runDoctor()).checks.find(({ id }) => id === 'journal');
  assert.equal(check?.result, 'error');
  assert(check?.message.includes(kept), `${what}: the doctor does not say where the damaged file is`);

  await api.acknowledgeJournal();
  assertTold(await rig.again(), { outcome: 'applied' });
  await rig.account();
  await rig.agent().stop();
}

async function damageState(rig: Rig, whole: string, what: string, damage: (path: string) => void): Promise<void> {
  const path = restore(rig, whole, 'state.db');
  damage(path);
  const damaged = readFileSync(path);
  const said = await rig.bench.start().then(
    () => assert.fail(`${what}: it started`),
    (error: unknown) => (error instanceof Error ? error.message : String(error)),
  );
  assert.match(said, /ended with 1 before/);
  assert.match(said, /state\.db is damaged/);
  assert(readFileSync(path).equals(damaged), `${what}: state.db was touched`);
}

/** One bit may hit what no check sees, or anything else: then the agent works, is locked, or says why it does not start. */
async function flipOneBit(rig: Rig, whole: string, random: () => number): Promise<void> {
  const name = random() < 0.7 ? 'journal.db' : 'state.db';
  const path = restore(rig, whole, name);
  const bytes = readFileSync(path);
  const at = Math.floor(random() * bytes.length);
  const bit = Math.floor(random() * 8);
  bytes[at] = (bytes[at] ?? 0) ^ (1 << bit);
  writeFileSync(path, bytes);
  const where = `bit ${bit} of byte ${at} of ${name}`;
  await rig.forget();
  try {
    await rig.start();
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    assert.match(said, /ended with [12] before.*\n.*(damaged|unexpected form|can't be used)/s, where);
    return;
  }
  const { api } = rig.agent();
  const health = await api.getHealth();
  const told = await rig.tare();
  if (health.journal.acknowledged) assert(told !== null, `${where}: no answer`);
  else assertTold(told, { outcome: 'refused', sent: false });
  await rig.account();
  await rig.agent().stop();
}

/** Puts the data folder back as it was; the path of one database in it. */
function restore(rig: Rig, whole: string, name: string): string {
  const { dataDir } = rig.bench;
  rmSync(dataDir, { recursive: true });
  copyFolder(whole, dataDir);
  const path = join(dataDir, name);
  assert(!existsSync(`${path}-wal`), 'a stopped agent left its log beside the database');
  return path;
}

/** With owners and modes, without which the agent does not take a folder. */
function copyFolder(from: string, to: string): void {
  const { status } = spawnSync('cp', ['-a', from, to], { stdio: 'inherit' });
  assert.equal(status, 0);
}

function change(path: string, how: (bytes: Buffer) => void): void {
  const bytes = readFileSync(path);
  how(bytes);
  writeFileSync(path, bytes);
}
