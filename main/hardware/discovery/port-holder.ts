import { readdir, readFile, readlink, realpath } from 'node:fs/promises';
import { basename } from 'node:path';
import type { PortHolder } from '../device.ts';
import { readPrinterInterface } from '../usb/printer-interface.ts';
import { parseUsbPath } from '../usb/usb-path.ts';

/**
 * The program other than ours that has this port open, by what `/proc` shows this user; null when none is seen, or where
 * there is no `/proc`. Links are followed. Takes some milliseconds on a busy machine: ask when a port turned out busy.
 */
export async function findPortHolder(path: string): Promise<PortHolder | null> {
  for (const node of nodesOf(path)) {
    const holder = await findHolder(node);
    if (holder !== null) return holder;
  }
  return null;
}

/** What a program may have open of it. */
function nodesOf(path: string): readonly string[] {
  const place = parseUsbPath(path);
  if (place === null) return [path];
  const printer = readPrinterInterface(place);
  if (printer === null) return [];
  return printer.printerNode === null ? [printer.node] : [printer.printerNode, printer.node];
}

async function findHolder(path: string): Promise<PortHolder | null> {
  const target = await realpath(path).catch(() => null);
  if (target === null) return null;
  const processes = (await readdir('/proc').catch(() => []))
    .map(Number)
    .filter((pid) => pid > 0 && pid !== process.pid);
  for (const pid of processes.sort((left, right) => left - right)) {
    if (!(await hasOpen(pid, target))) continue;
    const name = await nameOf(pid);
    // It ended while we looked: then it holds nothing any more.
    if (name !== null) return { name, pid };
  }
  return null;
}

async function nameOf(pid: number): Promise<string | null> {
  const name = await readFile(`/proc/${pid}/comm`, 'utf8').catch(() => null);
  // What Node calls its first thread, whatever the program is.
  if (name?.trim() !== 'MainThread') return name?.trim() ?? null;
  const line = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => '');
  return basename(line.split('\0')[0] ?? '') || name.trim();
}

async function hasOpen(pid: number, target: string): Promise<boolean> {
  // Another user's process shows nothing; one that ended has nothing.
  for (const descriptor of await readdir(`/proc/${pid}/fd`).catch(() => [])) {
    if ((await readlink(`/proc/${pid}/fd/${descriptor}`).catch(() => null)) === target) return true;
  }
  return false;
}
