import { connectSimulatorHost, type SimulatorHostClient } from '../../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../../main/agent/demo/demo-config.ts';
import { startDemoSimulators } from '../../../main/agent/demo/demo-simulators.ts';

/** One time that the relay of the lock was on, as the board itself saw it. Monotonic milliseconds of the board. */
export interface Opening {
  readonly fromMs: number;
  /** Null: still open. */
  readonly toMs: number | null;
}

/** A simulated relay board on a door: outlives the agent, and has a supply of its own, so that a pulled cable does not close it. */
export interface LockBoard {
  readonly host: SimulatorHostClient;
  /** For `fibric-edge run`: the board declared, and a rule that installs it as `door`. */
  readonly config: string;
  /** Every opening since the board was made. */
  openings(): Promise<readonly Opening[]>;
  nowMs(): Promise<number>;
  /** What the board was told since its cable was plugged in last. */
  commandsSincePlug(): Promise<readonly string[]>;
  stop(): Promise<void>;
}

interface BoardState {
  readonly now_ms: number;
  readonly power_ups: number;
  readonly changes: readonly { readonly on: boolean; readonly at_ms: number }[];
  readonly commands: readonly { readonly power_up: number; readonly command: string }[];
}

const NAME = 'lock';

/** Switches the board on and plugs it in. `serialNumber`: null for a board that nothing tells from others of its kind. */
export async function mountLock(dataDir: string, serialNumber: string | null): Promise<LockBoard> {
  const board = 'devantech-rly08';
  const { controlSocket, pathOf } = demoFolder(dataDir);
  const simulators = await startDemoSimulators(dataDir, [
    {
      name: NAME,
      listing: 'cn-lock-relay',
      simulator: { board, own_supply: true },
      declared: {},
      units: [],
      rules: [],
    },
  ]);
  const host = await connectSimulatorHost(controlSocket);
  const state = async () => (await host.state(NAME)) as unknown as BoardState;
  return {
    host,
    config: `
discover: false
vault: { provider: keyfile }
paths:
  - path: ${pathOf(NAME)}
    declared: { product: USB-RLY08${serialNumber === null ? '' : `, serial_number: ${serialNumber}`} }
    simulated: true
install_rules:
  - match: { path: ${pathOf(NAME)} }
    listing: cn-lock-relay
    name: door
    config: { board: ${board}, accept_agent_timed: true, min_interval_ms: 0, max_unlock_ms: 20000 }
    policy: { default: allow }
`,
    async openings() {
      const { changes } = await state();
      return changes.flatMap(({ on, at_ms }, index) =>
        on ? [{ fromMs: at_ms, toMs: changes[index + 1]?.at_ms ?? null }] : [],
      );
    },
    nowMs: async () => (await state()).now_ms,
    async commandsSincePlug() {
      const { commands, power_ups } = await state();
      return commands.filter((one) => one.power_up === power_ups).map(({ command }) => command);
    },
    async stop() {
      host.close();
      await simulators.stop();
    },
  };
}
