import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, describe, expect, it } from 'vitest';
import { makeDataDir, removeDataDir } from './support/agent-process.ts';
import { processesWith } from './support/processes.ts';
import { eventually } from './support/wires.ts';

const PATIENCE_MS = 90_000;
const root = join(import.meta.dirname, '..', '..');
const launcher = join(root, 'bin', 'fibric-edge.mjs');

describe('`npm run demo` that is killed', () => {
  let parent: ChildProcess | null = null;
  let dataDir = '';
  afterEach(() => {
    parent?.kill('SIGKILL');
    removeDataDir(dataDir);
  });

  /** What `setup/run.mjs` does once everything is set up and built. */
  const demo = async (...more: readonly string[]): Promise<{ readonly agentPid: number }> => {
    dataDir = makeDataDir();
    const readyFile = join(dataDir, '..', 'ready.json');
    const args = [launcher, 'run', '--demo', '--data', dataDir, '--port', '0', '--ready-file', readyFile, ...more];
    const script = `import { runAgent } from ${JSON.stringify(pathToFileURL(join(root, 'setup', 'run-child.mjs')).href)};
      runAgent(process.execPath, ${JSON.stringify(args)}, process.env);`;
    parent = spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: 'ignore' });
    await eventually('the demonstration runs', PATIENCE_MS, async () => existsSync(readyFile));
    return { agentPid: JSON.parse(readFileSync(readyFile, 'utf8')).pid };
  };
  const nothingIsLeft = () =>
    eventually('nothing of it runs any more', PATIENCE_MS, async () => processesWith(dataDir).length === 0);

  it('leaves neither agent, hub, simulators nor wires behind', async () => {
    await demo('--hub');
    expect(processesWith(dataDir).some((line) => line.includes('socat'))).toBe(true);
    parent?.kill('SIGKILL');
    await nothingIsLeft();
    // The agent was not killed: it had the time to take its socket away.
    expect(existsSync(join(dataDir, 'run', 'agent.sock'))).toBe(false);
  });

  it('leaves no simulators behind when the agent in it is killed', async () => {
    const { agentPid } = await demo();
    const ended = parent === null ? Promise.resolve([]) : once(parent, 'exit');
    process.kill(agentPid, 'SIGKILL');
    expect((await ended)[0]).toBe(1);
    await nothingIsLeft();
  });
});
