import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import type { PortHolder } from '../device.ts';

/**
 * The program other than ours that has this port open, by what `/proc` shows this user; null when none is seen, or where
 * there is no `/proc`. Links are followed. Takes some milliseconds on a busy machine: ask when a port turned out busy.
 */
export async function findPortHolder(path: string): Promise<PortHolder | null> {
  const target = await realpath(path).catch(() => null);
  if (target === null) return null;
  const processes = (await readdir('/proc').catch(() => []))
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
  for (const pid of processes.sort((left, right) => left - right)) {
    if (!(await hasOpen(pid, target))) continue;
    const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null);
    // It ended while we looked: then it holds nothing any more.
    if (name !== null) return { name: name.trim(), pid };
  }
  return null;
}

async function hasOpen(pid: number, target: string): Promise<boolean> {
  // Another user's process shows nothing; one that ended has nothing.
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    if ((await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => null)) === target) return true;
  }
  return false;
}
