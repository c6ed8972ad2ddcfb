import { randomBytes } from 'node:crypto';
import { renameSync, writeFileSync } from 'node:fs';
import { resolve } from 'node:path';
import type { Writable } from 'node:stream';
import { readVersion } from '../api/index.ts';
import { loadConfig } from '../config/index.ts';
import type { Caller } from '../connectors/index.ts';
import { demoConfig } from './demo/demo-config.ts';
import { demoDevices } from './demo/demo-devices.table.ts';
import { startDemoSimulators } from './demo/demo-simulators.ts';
import { describeDemo, testDemo } from './demo/demo-tour.ts';
import type { AgentOrigin } from './settings.ts';
import { type Agent, startAgent } from './start-agent.ts';

/** What `fibric-edge run` was asked for. */
export interface RunOptions {
  readonly dataDir: string;
  /** Of a service: a runtime folder that its group may enter. Null: within the data folder, for this user alone. */
  readonly groupRunDir: string | null;
  readonly configFile: string | null;
  /** See {@link AgentOrigin}. */
  readonly launcher: AgentOrigin['launcher'];
  readonly port: number | null;
  readonly demo: boolean;
  /** With {@link RunOptions.demo}: a hub beside the agent, paired with it. */
  readonly hub?: boolean;
  /** With {@link RunOptions.demo}: the simulated devices end with this process, also when it is killed. */
  readonly demoEndsToo?: boolean;
  readonly readyFile: string | null;
  readonly json: boolean;
  readonly stdout: Writable;
  /** Called when everything answers. */
  readonly onReady?: (agent: Pick<Agent, 'url' | 'dataDir'>) => void;
  /** Aborts when the agent is asked to end. */
  readonly stop: AbortSignal;
}

const ruleCaller: Caller = { id: 'local-admin', kind: 'local-admin', name: 'demonstration' };

/** Runs an agent until it is asked to end. Rejects with why it could not start. */
export async function runAgent(options: RunOptions): Promise<void> {
  const {
    dataDir,
    groupRunDir,
    configFile,
    launcher,
    port,
    demo,
    hub = false,
    demoEndsToo = false,
    readyFile,
    json,
    stdout,
    stop,
    onReady,
  } = options;
  const base = loadConfig(configFile, port === null ? {} : { port });
  const simulators = demo ? await startDemoSimulators(dataDir, demoDevices, demoEndsToo) : null;
  const config = simulators === null ? base : demoConfig(base, dataDir, demoDevices, simulators.pathOf);
  const agent = await startAgent({
    dataDir,
    groupRunDir,
    config,
    version: readVersion(),
    origin: { configFile: configFile === null ? null : resolve(configFile), launcher },
    quiet: json,
  });
  let stopHub = async (): Promise<void> => {};
  try {
    if (demo) await testDemo(agent.service, ruleCaller, json ? () => {} : (line) => stdout.write(`${line}\n`), stop);
    // Loaded here only: an agent has no hub in it.
    const demoHub = demo && hub ? await (await import('./demo/demo-hub.ts')).startDemoHub(agent.dataDir) : null;
    stopHub = async () => demoHub?.stop();
    if (readyFile !== null) writeReadyFile(readyFile, agent);
    onReady?.(agent);
    if (json) stdout.write(`${JSON.stringify({ url: agent.url, pid: process.pid, data: agent.dataDir })}\n`);
    else stdout.write(demo ? describeDemo(agent) : describeStart(agent));
    if (demoHub !== null && !json) stdout.write(demoHub.lines.join('\n'));
    if (!stop.aborted)
      await new Promise<void>((resolve) => stop.addEventListener('abort', () => resolve(), { once: true }));
  } finally {
    await stopHub();
    await agent.close();
    await simulators?.stop();
  }
}

/** Whole or not at all, and for this user's eyes: whoever waits for the file never reads half of it. */
function writeReadyFile(file: string, { url }: Agent): void {
  const scratch = `${file}.${randomBytes(6).toString('hex')}`;
  writeFileSync(scratch, JSON.stringify({ url, pid: process.pid }), { mode: 0o600, flag: 'wx' });
  renameSync(scratch, file);
}

function describeStart({ url, dataDir }: Agent): string {
  return [
    `Fibric Edge runs at ${url} (data in ${dataDir}).`,
    '',
    '  fibric-edge devices            what is plugged in',
    '  fibric-edge install LISTING    make a connector of a device',
    '  fibric-edge open               the window, in a browser',
    '',
    'Ctrl-C ends it.',
    '',
  ].join('\n');
}
