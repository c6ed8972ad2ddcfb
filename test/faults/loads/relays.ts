import { z } from 'zod';
import { type Load, shuffled } from './load.ts';

const RELAYS = [1, 2, 3, 4, 5, 6, 7, 8];
const WRITE_SINGLE_COIL = 0x05;

const stateSchema = z.object({
  harmful: z.array(z.object({ sequence: z.int(), frame: z.string(), effect: z.string() })),
  units: z.array(z.object({ address: z.int(), relays: z.array(z.object({ relay: z.int(), on: z.boolean() })) })),
});

const markOf = (relay: number, on: boolean) => `relay ${relay} ${on ? 'on' : 'off'}`;

/** A Modbus relay board: up to four relays are switched, each once, while it is read. */
export const relays: Load = {
  name: 'relays',
  connector: 'relays',
  device: {
    name: 'bus',
    listing: 'cn-modbus',
    simulator: { units: [{ address: 1, map: 'waveshare-relay-8' }] },
    declared: { manufacturer: 'Bench', product: 'RS-485 adapter, Modbus RTU', serial_number: 'BENCH-BUS-1' },
    units: [1],
    rules: [{ unit: 1, name: 'relays', config: { map: 'waveshare-relay-8' } }],
  },
  asks: (random) =>
    shuffled(random, RELAYS)
      .slice(0, 1 + Math.floor(random() * 4))
      .map((relay) => {
        const on = random() < 0.5;
        return { tool: 'relay.set', arguments: { relay, on }, mark: markOf(relay, on) };
      }),
  readings: [
    {
      tool: 'relay.read',
      problem: ({ relays: read }) =>
        Array.isArray(read) && read.length === RELAYS.length ? null : 'it does not tell eight relays',
    },
  ],
  received: (state) =>
    stateSchema.parse(state).harmful.map(({ sequence, frame, effect }) => ({
      sequence,
      mark: markOfFrame(frame),
      done: effect === 'done',
    })),
  shows(state, { arguments: wanted }) {
    const unit = stateSchema.parse(state).units.find(({ address }) => address === 1);
    return unit?.relays.find(({ relay }) => relay === wanted['relay'])?.on === wanted['on'];
  },
};

/** FC05: unit, function, coil (two bytes), FF00 or 0000, CRC. */
function markOfFrame(frame: string): string {
  const bytes = Buffer.from(frame.replaceAll(/[^0-9a-f]/gi, ''), 'hex');
  if (bytes.length !== 8 || bytes[0] !== 1 || bytes[1] !== WRITE_SINGLE_COIL) return `frame ${frame}`;
  return markOf(bytes.readUInt16BE(2) + 1, bytes[4] === 0xff);
}
