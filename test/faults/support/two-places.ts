import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { lacking } from './programs.ts';

/** `ip` and `nft` are not on everybody's path. */
const environment = { ...process.env, PATH: `${process.env['PATH'] ?? ''}:/usr/sbin:/sbin` };
const HUB = '10.77.0.1';
const AGENT = '10.77.0.2';
const ELSEWHERE = '10.77.0.3';

/** Why networks of one's own can't be made, or null. */
export function noNetworks(): string | null {
  const missing =
    lacking('unshare', 'util-linux') ??
    lacking('nsenter', 'util-linux') ??
    lacking('ip', 'iproute2') ??
    lacking('nft', 'nftables');
  if (missing !== null) return missing;
  const tried = spawnSync(
    'unshare',
    [
      '-n',
      'sh',
      '-c',
      `ip link add edge0 type veth peer name edge1 && nft '${chainOf('numgen random mod 100 < 30 drop')}'`,
    ],
    { env: environment, stdio: 'ignore' },
  );
  return tried.status === 0 ? null : 'this user may not make networks of its own (run as root)';
}

/** Two network namespaces joined by one cable: nothing else is to be seen from either. */
export interface TwoPlaces {
  /** The hub's address, as the agent sees it. */
  readonly hubAddress: string;
  /** What runs a command at the hub's place. */
  readonly atHub: readonly string[];
  /** What runs a command at the agent's place. */
  readonly atAgent: readonly string[];
  /** So many of a hundred packets are lost, each way, by chance; 100 leaves connections half open: nobody is told. */
  lose(percent: number): void;
  /** Takes the agent's end of the cable down, or up again. */
  plug(isIn: boolean): void;
  /** The agent's place gets another address, and connections from the one before are dead. */
  move(): void;
  /** Both go, with the processes that run there. */
  close(): Promise<void>;
}

/** Makes them; rejects where {@link noNetworks} says why. */
export async function makeTwoPlaces(): Promise<TwoPlaces> {
  const hub = await hold();
  const agent = await hold().catch(async (error: unknown) => {
    await end(hub);
    throw error;
  });
  const [atHub, atAgent] = [enter(hub), enter(agent)];
  const run = (place: readonly string[], line: string) =>
    execFileSync(place[0] ?? '', [...place.slice(1), ...line.split(' ')], {
      env: environment,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  run(atHub, `ip link add edge0 type veth peer name edge1 netns ${agent.pid}`);
  run(atHub, `ip addr add ${HUB}/24 dev edge0`);
  run(atHub, 'ip link set edge0 up');
  run(atAgent, `ip addr add ${AGENT}/24 dev edge1`);
  run(atAgent, 'ip link set edge1 up');
  return {
    hubAddress: HUB,
    atHub,
    atAgent,
    lose(percent) {
      for (const place of [atHub, atAgent]) {
        const rule = percent === 0 ? 'accept' : percent === 100 ? 'drop' : `numgen random mod 100 < ${percent} drop`;
        execFileSync(place[0] ?? '', [...place.slice(1), 'nft', chainOf(rule)], { env: environment });
      }
    },
    plug: (isIn) => run(atAgent, `ip link set edge1 ${isIn ? 'up' : 'down'}`),
    move() {
      run(atAgent, `ip addr del ${AGENT}/24 dev edge1`);
      run(atAgent, `ip addr add ${ELSEWHERE}/24 dev edge1`);
    },
    async close() {
      await Promise.all([end(hub), end(agent)]);
    },
  };
}

function chainOf(rule: string): string {
  const hook = 'add chain inet edge in { type filter hook input priority 0 ; }';
  // Of an older nft: added, so that it can be taken away.
  return `add table inet edge; delete table inet edge; add table inet edge; ${hook}; add rule inet edge in iifname "edge*" ${rule}`;
}

/** A namespace lasts as long as this process, which does nothing. */
async function hold(): Promise<ChildProcess> {
  const holder = spawn('unshare', ['-n', 'sh', '-c', 'ip link set lo up && echo ready && exec cat'], {
    env: environment,
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const failed = once(holder, 'exit').then(() => Promise.reject(new Error('no network namespace could be made')));
  await Promise.race([once(holder.stdout, 'data'), failed]);
  failed.catch(() => {});
  return holder;
}

function enter(holder: ChildProcess): readonly string[] {
  return ['nsenter', `--net=/proc/${holder.pid}/ns/net`, '--'];
}

async function end(holder: ChildProcess): Promise<void> {
  const ended = once(holder, 'exit');
  holder.stdin?.end();
  await ended;
}
