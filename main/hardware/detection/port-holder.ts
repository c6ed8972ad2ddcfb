import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import type { PortHolder } from '../device.ts';

/** The program (not ours) that has this port open, from `/proc`; null when none is seen, or where there is no `/proc`. */
export async function findPortHolder(path: string): Promise<PortHolder | null> {
  try {
    const target = await realpath(path);
    const pids = (await readdir('/proc')).filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid);
    for (const pid of pids) {
      const descriptors = await readdir(`/proc/${pid}/fd`).catch(() => []);
      for (const descriptor of descriptors) {
        const open = await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => null);
        if (open === target) return { name: (await readFile(`/proc/${pid}/comm`, 'utf8')).trim(), pid: Number(pid) };
      }
    }
  } catch {
    // No /proc, or the port went while we looked: nobody is seen.
  }
  return null;
}
