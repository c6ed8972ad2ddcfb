import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type ApiClient, createApiClient } from '../../../main/api/client.ts';
import { launcher, type ReadyProcess, startReadyProcess } from './ready-process.ts';

/** One agent as a process of its own. */
export interface AgentProcess extends ReadyProcess {
  readonly dataDir: string;
  /** The API over the local socket, as the command line uses it. */
  readonly api: ApiClient;
}

/** A scratch data folder, removed with its key by {@link removeDataDir}. */
export function makeDataDir(): string {
  return join(mkdtempSync(join(tmpdir(), 'edge-')), 'data');
}

/** Removes a scratch data folder. */
export function removeDataDir(dataDir: string): void {
  rmSync(join(dataDir, '..'), { recursive: true, force: true });
}

/** Starts `fibric-edge run` as {@link startReadyProcess} does. */
export async function startAgent(options: {
  readonly dataDir: string;
  readonly demo?: boolean;
  readonly config?: string;
  readonly environment?: Readonly<Record<string, string>>;
  readonly wrap?: readonly string[];
  /** Default: a free one. */
  readonly port?: number;
}): Promise<AgentProcess> {
  const { dataDir, demo = false, config, environment = {}, wrap = [], port = 0 } = options;
  const scratch = join(dataDir, '..');
  const args = ['run', '--data', dataDir, '--port', String(port)];
  if (demo) args.push('--demo');
  if (config !== undefined) {
    const file = join(scratch, 'edge.yaml');
    writeFileSync(file, config);
    args.push('--config', file);
  }
  const started = await startReadyProcess({ args, scratch, environment, wrap });
  return { ...started, dataDir, api: createApiClient({ socketPath: join(dataDir, 'run', 'agent.sock') }) };
}

/** Runs `fibric-edge` with these arguments against an agent's data folder. */
export async function edge(dataDir: string, ...args: readonly string[]): Promise<Ran> {
  return edgeWithInput('', dataDir, ...args);
}

/** What a command line did. */
export interface Ran {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** As {@link edge}, with this on standard input. */
export async function edgeWithInput(input: string, dataDir: string, ...args: readonly string[]): Promise<Ran> {
  const child = spawn(process.execPath, [launcher, ...args, '--data', dataDir], { stdio: ['pipe', 'pipe', 'pipe'] });
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = await once(child, 'close');
  return { code: code as number | null, stdout, stderr };
}
