import { concatBytes, toHex } from '../kit/index.ts';
import type { Send, SimulatedDevice, SimulatorModel } from '../kit/simulator/simulated-device.ts';
import { withCrc } from './crc.ts';
import { isHarmlessFrame } from './rtu.ts';
import { busChangeSchema, busOptionsSchema } from './simulator/options.ts';
import { createRequestFrames, type RequestFrame } from './simulator/request-frames.ts';
import { createSimulatedUnit, type SimulatedUnit } from './simulator/simulated-unit.ts';

const BROADCAST = 0;
/** Writes that are kept with their bytes; older ones are only counted. */
const WRITES_KEPT = 10_000;

/**
 * A Modbus RTU bus with several units. `state()` gives `units` and, for proofs about side effects, `harmful`: every
 * frame received that is not harmless, with an ever growing `sequence`, the unit it was for, and whether a unit that
 * was listening carried it out or refused it.
 */
export const modbusSimulator: SimulatorModel = {
  listing: 'cn-modbus',
  create: (options) => createBus(busOptionsSchema.parse(options).units.map(createSimulatedUnit)),
};

interface ReceivedWrite {
  readonly sequence: number;
  readonly unit: number;
  readonly frame: string;
  readonly effect: 'done' | 'refused' | 'not_heard';
}

function createBus(units: readonly SimulatedUnit[]): SimulatedDevice {
  const incoming = createRequestFrames();
  const harmful: ReceivedWrite[] = [];
  let sequence = 0;

  const record = (frame: RequestFrame, answers: readonly Uint8Array[]): void => {
    if (isHarmlessFrame(frame.bytes)) return;
    const refused = answers.every((answer) => ((answer[0] ?? 0) & 0x80) !== 0);
    const effect = answers.length === 0 ? 'not_heard' : refused ? 'refused' : 'done';
    sequence += 1;
    harmful.push({ sequence, unit: frame.unit, frame: toHex(frame.bytes, 256), effect });
    if (harmful.length > WRITES_KEPT) harmful.shift();
  };

  const serve = (frame: RequestFrame, send: Send): void => {
    const listening = units.filter((unit) => !unit.silent && (frame.unit === BROADCAST || frame.unit === unit.address));
    const answers = listening.map((unit) => ({ unit, pdu: unit.handle(frame.pdu) }));
    record(
      frame,
      answers.map(({ pdu }) => pdu),
    );
    if (frame.unit === BROADCAST) return;
    for (const { unit, pdu } of answers) {
      send(withCrc(concatBytes(Uint8Array.of(unit.address), pdu)), unit.replyDelayMs);
    }
  };

  return {
    receive(bytes, send) {
      for (const frame of incoming.take(bytes)) serve(frame, send);
    },
    powerOn: () => incoming.clear(),
    state: () => ({
      units: units.map((unit) => unit.state()),
      harmful_count: sequence,
      harmful: harmful.map((write) => ({ ...write })),
    }),
    change(change) {
      const parsed = busChangeSchema.parse(change);
      const unit = units.find((one) => one.address === parsed.address);
      if (unit === undefined) throw new RangeError(`no unit has the address ${parsed.address}`);
      unit.change(parsed);
    },
  };
}
