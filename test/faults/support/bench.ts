import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { connectSimulatorHost, type SimulatorHostClient } from '../../../drivers/simulator-host/client.ts';
import { demoConfig, demoFolder } from '../../../main/agent/demo/demo-config.ts';
import { startDemoSimulators } from '../../../main/agent/demo/demo-simulators.ts';
import { createApiClient } from '../../../main/api/client.ts';
import { type Config, loadConfig } from '../../../main/config/index.ts';
import { type AgentProcess, makeDataDir, removeDataDir, startAgent } from '../../whole/support/agent-process.ts';
import type { Load } from '../loads/load.ts';

/** How an agent is started on a bench. */
export interface StartOptions {
  readonly wrap?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Keys of the configuration that replace the bench's. */
  readonly config?: object;
  /** The data folder lies on a mount that only the agent sees: its socket is reached through its own root. */
  readonly ownMounts?: boolean;
}

/** Simulated devices in a process of their own, and a data folder for one agent at a time. */
export interface Bench {
  /** Holds everything of this bench; removed by {@link Bench.close}. */
  readonly folder: string;
  readonly dataDir: string;
  readonly simulators: SimulatorHostClient;
  /** The configuration that agents are started with. */
  readonly settings: Pick<Config, 'paths' | 'install_rules' | 'vault' | 'discover' | 'rate_limit_per_minute'>;
  /** Starts the built agent with a connector for each load, allowed to do everything. */
  start(options?: StartOptions): Promise<AgentProcess>;
  /** Ends the agent that runs and the simulators; removes the folder. Idempotent. */
  close(): Promise<void>;
}

/**
 * Starts the simulators of these loads. `apart`: agents don't hear a Ctrl-C at this terminal, so that whoever started
 * them ends what it is doing; they outlive it if it is killed.
 */
export async function openBench(
  loads: readonly Load[],
  { apart = false }: { readonly apart?: boolean } = {},
): Promise<Bench> {
  const dataDir = makeDataDir();
  const folder = join(dataDir, '..');
  // Beside the data folder, which some faults take away.
  const world = join(folder, 'world');
  mkdirSync(world, { mode: 0o700 });
  const devices = loads.map((load) => load.device);
  const host = await startDemoSimulators(world, devices);
  const simulators = await connectSimulatorHost(demoFolder(world).controlSocket);
  const { paths, install_rules, vault } = demoConfig(loadConfig(null), world, devices);
  const settings = { discover: false, rate_limit_per_minute: 1_000_000, paths, install_rules, vault };
  let running: AgentProcess | null = null;
  let closed = false;
  return {
    folder,
    dataDir,
    simulators,
    settings,
    async start({ config = {}, ownMounts = false, wrap = [], ...options } = {}) {
      // JSON is YAML.
      const inSession = apart ? ['setsid', ...wrap] : wrap;
      const agent = await startAgent({
        ...options,
        wrap: inSession,
        dataDir,
        config: JSON.stringify({ ...settings, ...config }),
      });
      const seenDir = join(`/proc/${agent.pid}/root`, dataDir);
      running = ownMounts
        ? { ...agent, api: createApiClient({ socketPath: join(seenDir, 'run', 'agent.sock') }) }
        : agent;
      return running;
    },
    async close() {
      if (closed) return;
      closed = true;
      await endAgent(running);
      simulators.close();
      await host.stop();
      removeDataDir(dataDir);
    },
  };
}

/** Stops an agent that may have ended already. */
export async function endAgent(agent: AgentProcess | null): Promise<void> {
  if (agent === null || hasEnded(agent)) return;
  await agent.stop().catch(() => {});
}

/** Whether the process is gone. */
export function hasEnded({ process: child }: AgentProcess): boolean {
  return child.exitCode !== null || child.signalCode !== null;
}
