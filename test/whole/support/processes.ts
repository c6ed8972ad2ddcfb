import { readdirSync, readFileSync } from 'node:fs';

/** Processes whose command line holds `text`, this one left out. */
export function processesWith(text: string): readonly string[] {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name) && Number(name) !== process.pid)
    .flatMap((pid) => {
      try {
        const line = readFileSync(`/proc/${pid}/cmdline`, 'utf8').replaceAll('\0', ' ');
        return line.includes(text) ? [`${pid} ${line.slice(0, 160)}`] : [];
      } catch {
        return [];
      }
    });
}
