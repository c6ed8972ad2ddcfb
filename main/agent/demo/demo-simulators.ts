import { spawn } from 'node:child_process';
import { openSync, writeFileSync } from 'node:fs';
import { Socket } from 'node:net';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { AgentError } from '../../../drivers/kit/index.ts';
import { connectSimulatorHost } from '../../../drivers/simulator-host/client.ts';
import { type DemoPaths, demoFolder } from './demo-config.ts';
import { type DemoDevice, demoDevices } from './demo-devices.table.ts';
import { settleDemoPaths } from './demo-paths.ts';

const START_TIMEOUT_MS = 10_000;

/**
 * Makes sure that the simulated devices of this data folder run, in a process of their own that outlives the agent: a
 * host that an earlier agent left behind is used as it is. With `endsWithAgent` one that is started here ends with this
 * process, however that ends. Returns where they are, and what stops them.
 */
export async function startDemoSimulators(
  dataDir: string,
  devices: readonly DemoDevice[] = demoDevices,
  endsWithAgent = false,
): Promise<{ readonly pathOf: DemoPaths; stop(): Promise<void> }> {
  const { folder, controlSocket } = demoFolder(dataDir);
  const running = await isRunning(controlSocket);
  const pathOf = await settleDemoPaths(dataDir, running, devices);
  if (!running) {
    const specFile = join(folder, 'simulators.json');
    const spec = {
      control_socket: controlSocket,
      devices: devices.map((device) => ({
        name: device.name,
        listing: device.listing,
        path: pathOf(device.name),
        options: device.simulator,
      })),
    };
    writeFileSync(specFile, JSON.stringify(spec, null, 2), { mode: 0o600 });
    await spawnHost(specFile, join(folder, 'simulators.log'), endsWithAgent);
  }
  return {
    pathOf,
    async stop() {
      const host = await connectSimulatorHost(controlSocket);
      await host.stop();
    },
  };
}

async function isRunning(controlSocket: string): Promise<boolean> {
  try {
    const host = await connectSimulatorHost(controlSocket);
    host.close();
    return true;
  } catch {
    return false;
  }
}

/** Starts the host detached, and waits for the line that says its devices are plugged in. */
async function spawnHost(specFile: string, logFile: string, endsWithAgent: boolean): Promise<void> {
  const compiled = import.meta.url.endsWith('.js');
  const entry = fileURLToPath(
    new URL(`../../../drivers/simulator-host/main.${compiled ? 'js' : 'ts'}`, import.meta.url),
  );
  const child = spawn(process.execPath, [entry, '--spec', specFile, ...(endsWithAgent ? ['--until-stdin-ends'] : [])], {
    detached: true,
    // The other end of this pipe is closed by the kernel when this process is gone.
    stdio: [endsWithAgent ? 'pipe' : 'ignore', 'pipe', openSync(logFile, 'a', 0o600)],
  });
  child.stdin?.on('error', () => {});
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const fail = (why: string) =>
    reject(
      new AgentError('not_supported', `The simulated devices did not start: ${why}.`, {
        hint: `See ${logFile}. They need socat: apt-get install socat`,
      }),
    );
  const timer = setTimeout(() => fail(`no answer within ${START_TIMEOUT_MS} ms`), START_TIMEOUT_MS);
  child.once('error', (error) => fail(error.message));
  child.once('exit', (code) => fail(`their process ended with code ${code}`));
  child.stdout?.on('data', (chunk: Buffer) => {
    if (chunk.includes('"ready":true')) resolve();
  });
  try {
    await promise;
  } finally {
    clearTimeout(timer);
    child.removeAllListeners();
    child.stdout?.destroy();
    if (child.stdin instanceof Socket) child.stdin.unref();
    child.unref();
  }
}
