import type { SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { boardOf } from './boards.table.ts';
import { createCoils } from './simulator/coils.ts';
import { describeCommand, firmwareOf, joinAnswers } from './simulator/firmware.ts';
import { boardChangeSchema, boardOptionsSchema } from './simulator/options.ts';

/** Commands that are kept; older ones are only counted. */
const COMMANDS_KEPT = 10_000;

/**
 * A relay board. `state()` gives `relays`, and for proofs about doors: `changes`, every time a coil moved, and `commands`,
 * everything it was told, each with the number of its power-up; both with the time in monotonic milliseconds of the
 * simulator's process (`now_ms`), so that how long a door was open is measured outside the agent.
 */
export const lockRelaySimulator: SimulatorModel = {
  listing: 'cn-lock-relay',
  create: (options) => createSimulatedBoard(options, () => performance.now()),
};

/** The same with a clock of the test's. */
export function createSimulatedBoard(given: unknown, nowMs: () => number): SimulatedDevice {
  const options = boardOptionsSchema.parse(given);
  const coils = createCoils(boardOf(options.board).channels, options.on, nowMs);
  const firmware = firmwareOf(options, coils);
  const commands: { readonly power_up: number; readonly command: string; readonly at_ms: number }[] = [];
  let powerUps = 0;
  let deaf = false;

  const take = (byte: number): Uint8Array | null => {
    const { answer, command } = firmware.take(byte);
    if (command !== null) {
      commands.push({ power_up: powerUps, command: describeCommand(options.board, command), at_ms: nowMs() });
      if (commands.length > COMMANDS_KEPT) commands.shift();
    }
    return answer;
  };

  return {
    receive(bytes, send) {
      if (deaf) return;
      const answer = joinAnswers(Array.from(bytes, take));
      if (answer.length > 0) send(answer);
    },
    powerOn() {
      firmware.reset();
      powerUps += 1;
      if (options.own_supply || powerUps === 1) return;
      for (let channel = 1; channel <= coils.count; channel += 1) coils.set(channel, false);
    },
    state: () => ({
      board: options.board,
      now_ms: nowMs(),
      relays: coils.states().map((on, index) => ({ relay: index + 1, on })),
      change_count: coils.changeCount(),
      changes: coils.changes(),
      power_ups: powerUps,
      commands: commands.map((command) => ({ ...command })),
    }),
    change(change) {
      const parsed = boardChangeSchema.parse(change);
      if (parsed.deaf !== undefined) deaf = parsed.deaf;
      if (parsed.stuck !== undefined) coils.stick(parsed.stuck);
      if (parsed.channel !== undefined && parsed.on !== undefined) coils.set(parsed.channel, parsed.on);
    },
  };
}
