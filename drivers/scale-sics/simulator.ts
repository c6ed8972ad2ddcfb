import { encodeLatin1 } from '../kit/index.ts';
import type { Send, SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { encode, isHarmless } from './protocol.ts';
import { createCommandLines } from './simulator/command-lines.ts';
import { createCommands } from './simulator/commands.ts';
import { changeSchema, parseOptions, type SimulatorOptions } from './simulator/options.ts';
import { createPan } from './simulator/pan.ts';

/** Commands that are kept with their text; older ones are only counted. */
const WRITES_KEPT = 10_000;

/**
 * A scale with MT-SICS levels 0 and 1. `state()` gives what its display shows (`gross`, `tare`, `net`, `unit`, `stable`)
 * and, for proofs about side effects, how often it `zeroed` and `tared`, and `writes`: every line received that is not
 * harmless, with an ever growing `sequence` and whether the scale carried it out.
 */
export const scaleSicsSimulator: SimulatorModel = {
  listing: 'cn-scale-sics',
  create: (options) => createSimulatedScale(parseOptions(options)),
};

interface ReceivedWrite {
  readonly sequence: number;
  readonly command: string;
  readonly effect: 'done' | 'refused';
}

function createSimulatedScale(options: SimulatorOptions): SimulatedDevice {
  const pan = createPan(options);
  const commands = createCommands(pan, options);
  const incoming = createCommandLines();
  const writes: ReceivedWrite[] = [];
  let sequence = 0;

  const serve = (line: string, send: Send): void => {
    const { lines, effect, delayMs } = commands.execute(line);
    if (!isHarmless(encode({ text: line }))) {
      sequence += 1;
      writes.push({ sequence, command: line, effect });
      if (writes.length > WRITES_KEPT) writes.shift();
    }
    for (const text of lines) send(encodeLatin1(`${text}\r\n`), delayMs);
  };

  return {
    receive(bytes, send) {
      for (const line of incoming.take(bytes)) serve(line, send);
    },
    powerOn(send) {
      incoming.clear();
      commands.restart();
      send(encodeLatin1(`I4 A "${options.serial}"\r\n`));
    },
    state: () => ({
      serial: options.serial,
      model: options.model,
      ...pan.state(),
      streaming: commands.streaming(),
      writes_total: sequence,
      writes: writes.map((write) => ({ ...write })),
    }),
    change: (change) => pan.change(changeSchema.parse(change)),
  };
}
