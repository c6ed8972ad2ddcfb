import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { type Inspector, inspected, inspectorUrl, openInspector } from './inspector.ts';

/** A baseline in a process of its own. */
export interface BareProcess {
  readonly port: number;
  readonly pid: number;
  readonly inspector: Inspector;
  kill(): Promise<void>;
}

/** Starts one of the files here; resolves when it has printed its port. */
export async function startBare(file: string, args: readonly string[]): Promise<BareProcess> {
  const child = spawn(process.execPath, [join(import.meta.dirname, file), ...args], {
    env: { ...process.env, NODE_ENV: 'production', ...inspected },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let said = '';
  child.stderr.on('data', (chunk) => {
    said += String(chunk);
  });
  const [line] = await once(child.stdout, 'data');
  const pid = child.pid ?? 0;
  const inspector = await openInspector(inspectorUrl(said), pid);
  return {
    port: Number(/port (\d+)/.exec(String(line))?.[1]),
    pid,
    inspector,
    async kill() {
      inspector.close();
      const exited = once(child, 'exit');
      child.kill('SIGKILL');
      await exited;
    },
  };
}
