import { mkdirSync, rmSync } from 'node:fs';
import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { type ApiClient, createApiClient } from '../../../main/api/client.ts';
import { edge } from '../../whole/support/agent-process.ts';
import { agentFolder } from './agent-files.ts';
import type { Ended } from './control-client.ts';
import { type Guest, socketInGuest } from './guest.ts';
import { eventually } from './patience.ts';

/** The built agent, run by the guest's kernel. */
export interface GuestAgent {
  readonly url: string;
  readonly pid: number;
  /** The API over its local socket. */
  readonly api: ApiClient;
  /** The command line on the host, through the same socket. */
  edge(...args: readonly string[]): Promise<Ended>;
  /** The command line in the guest, as `root` or another user of it. */
  edgeInGuest(user: string, ...args: readonly string[]): Promise<Ended>;
  /** Everything it printed. */
  output(): Promise<string>;
  stop(): Promise<number | null>;
}

/** How it is run in the guest. */
export interface GuestAgentOptions {
  /** Beside the vault, which is a file: the guest has no keychain. */
  readonly config?: string;
  /** A user of the guest. */
  readonly user?: string;
  readonly dataDir?: string;
}

const START_DEADLINE_MS = 180_000;
const launcher = `${agentFolder}/bin/fibric-edge.mjs`;

/** Starts the agent and resolves when it says that it is ready; rejects with its output when it ends first. */
export async function startGuestAgent(guest: Guest, options: GuestAgentOptions = {}): Promise<GuestAgent> {
  const { control, httpPort, socketPort, folder } = guest;
  const { user = 'root', config = '', dataDir = '/var/lib/edge/data' } = options;
  const home = join(dataDir, '..');
  const [configFile, readyFile, log] = ['/etc/fibric-edge.yaml', join(home, 'ready.json'), `/tmp/agent-${user}.log`];
  await control.must('mkdir', '-p', home);
  await control.must('chown', user, home);
  await control.must('rm', '-f', readyFile, log);
  await control.write(configFile, `vault:\n  provider: keyfile\n  keyfile: ${dataDir}.key\n${config}`);
  const command = `exec node ${launcher} run --data ${dataDir} --port ${httpPort} --config ${configFile} --ready-file ${readyFile}`;
  // `su` gives the groups that a login would.
  const argv = user === 'root' ? ['sh', '-c', command] : ['su', user, '-s', '/bin/sh', '-c', command];
  const launched = await control.start(log, argv, { NODE_ENV: 'production' });
  const readOutput = () => control.read(log).catch(() => '');
  const ready = await eventually(
    'the agent in the guest is ready',
    async () => {
      const text = await control.read(readyFile).catch(() => '');
      return text === '' ? null : text;
    },
    START_DEADLINE_MS,
  ).catch(async (error: Error) => {
    throw new Error(`${error.message}\n${await readOutput()}\n${guest.console().slice(-500)}`);
  });
  const { pid }: { pid: number } = JSON.parse(ready);
  await control.forward(httpPort, httpPort);
  await control.forward(socketInGuest, `${dataDir}/run/agent.sock`);
  const near = join(folder, 'agent');
  const endProxy = await proxySocket(join(near, 'run'), socketPort);

  return {
    url: `http://127.0.0.1:${httpPort}`,
    pid,
    api: createApiClient({ socketPath: join(near, 'run', 'agent.sock') }),
    edge: (...args) => edge(near, ...args),
    edgeInGuest: (who, ...args) => {
      const line = ['node', launcher, ...args, '--data', dataDir];
      const quoted = line.map((word) => `'${word.replaceAll("'", `'\\''`)}'`).join(' ');
      return control.run(who === 'root' ? line : ['su', who, '-s', '/bin/sh', '-c', quoted]);
    },
    output: readOutput,
    async stop() {
      endProxy();
      return control.kill(launched, 'SIGTERM');
    },
  };
}

/** The agent's socket, on the host: what the command line looks for in a data folder. */
async function proxySocket(folder: string, port: number): Promise<() => void> {
  mkdirSync(folder, { recursive: true });
  const path = join(folder, 'agent.sock');
  rmSync(path, { force: true });
  const server = createServer((near) => {
    const far = connect(port, '127.0.0.1');
    for (const [one, other] of [
      [near, far],
      [far, near],
    ] as const) {
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
      one.pipe(other);
    }
  });
  await new Promise<void>((resolve) => server.listen(path, resolve));
  // It ends with the guest behind it.
  server.unref();
  return () => void server.close();
}
