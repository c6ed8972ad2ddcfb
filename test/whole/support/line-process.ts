import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

/** A process of ours that says what it does in lines; one that begins with `error` fails whoever waits for another. */
export interface LineProcess {
  readonly lines: readonly string[];
  /** Resolves with the first line from now on, or said before, that fits; rejects when the process ends without one. */
  line(fits: RegExp): Promise<string>;
  /** Resolves when it has said `count` more lines, or has ended. */
  more(count: number): Promise<void>;
  /** kill -9; resolves when it is gone. */
  kill(): Promise<void>;
  readonly ended: Promise<number | null>;
}

/** Starts a file of this folder. */
export function startLines(file: string, args: readonly string[]): LineProcess {
  const child: ChildProcess = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const lines: string[] = [];
  const wakes = new Set<() => void>();
  const wake = () => {
    for (const one of [...wakes]) one();
  };
  if (child.stdout === null) throw new Error('The process has no standard output.');
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(line);
    wake();
  });
  let isOver = false;
  // It may not even begin.
  child.on('error', (error) => {
    lines.push(`error ${error.message}`);
    wake();
  });
  const ended = new Promise<number | null>((resolve) => child.once('close', resolve)).then((code) => {
    isOver = true;
    wake();
    return code;
  });
  const until = (isSo: () => boolean): Promise<void> =>
    new Promise((resolve) => {
      const look = () => {
        if (!isSo() && !isOver) return;
        wakes.delete(look);
        resolve();
      };
      wakes.add(look);
      look();
    });
  const complaint = () => lines.find((line) => line.startsWith('error'));
  return {
    lines,
    async line(fits) {
      const find = () => lines.find((line) => fits.test(line));
      await until(() => find() !== undefined || complaint() !== undefined);
      if (complaint() !== undefined) throw new Error(`${file}: ${complaint()}`);
      const found = find();
      if (found === undefined) throw new Error(`${file} ended before it said ${fits}: ${lines.slice(-3).join(' | ')}`);
      return found;
    },
    async more(count) {
      const goal = lines.length + count;
      await until(() => lines.length >= goal || complaint() !== undefined);
      if (complaint() !== undefined) throw new Error(`${file}: ${complaint()}`);
    },
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    ended,
  };
}
