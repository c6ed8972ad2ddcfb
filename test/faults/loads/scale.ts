import { z } from 'zod';
import type { JsonObject } from '../../../drivers/kit/index.ts';
import { type Ask, type Load, pick } from './load.ts';

const stateSchema = z.object({
  tare: z.string(),
  gross: z.string(),
  writes: z.array(z.object({ sequence: z.int(), command: z.string(), effect: z.string() })),
});

/** Kilograms with three digits after the point, below the two per cent of the capacity where zero still works. */
const smallWeight = (random: () => number) => (Math.floor(random() * 600) / 1000).toFixed(3);

const take: Ask = { tool: 'scale.tare', arguments: { action: 'take' }, mark: 'T' };
const clear: Ask = { tool: 'scale.tare', arguments: { action: 'clear' }, mark: 'TAC' };
const zero: Ask = { tool: 'scale.zero', arguments: {}, mark: 'Z' };

/** A scale: up to two preset tares and one of take, clear and zero, while it is weighed. */
export const scale: Load = {
  name: 'scale',
  connector: 'scale',
  device: {
    name: 'scale',
    listing: 'cn-scale-sics',
    simulator: { serial: 'B123456789', gross: '0.250', unit: 'kg' },
    declared: { manufacturer: 'Mettler-Toledo', product: 'MS32001L balance (MT-SICS)', serial_number: 'BENCH-SCALE-1' },
    units: [],
    rules: [{ name: 'scale', config: {} }],
  },
  asks(random) {
    const presets = [1, 2].slice(0, Math.floor(random() * 3)).map((step): Ask => {
      const value = (step + Math.floor(random() * 900) / 1000).toFixed(3);
      return {
        tool: 'scale.tare',
        arguments: { action: 'preset', value, unit: 'kg' },
        mark: `TA ${value} kg`,
      };
    });
    return random() < 0.7 ? [...presets, pick(random, [take, clear, zero])] : presets;
  },
  readings: [
    {
      tool: 'weight.read',
      problem: (output) => (/^-?\d+\.\d{3}$/.test(weightOf(output)) ? null : `it weighs ${weightOf(output)}`),
    },
  ],
  received: (state) =>
    stateSchema.parse(state).writes.map(({ sequence, command, effect }) => ({
      sequence,
      mark: command,
      done: effect === 'done',
    })),
  shows(state, { tool, arguments: wanted }) {
    const { tare, gross } = stateSchema.parse(state);
    if (tool === 'scale.zero') return Number(gross) === 0 && Number(tare) === 0;
    if (wanted['action'] === 'preset') return tare === wanted['value'];
    return Number(tare) === (wanted['action'] === 'clear' ? 0 : Number(gross));
  },
  change: (random) => ({ gross: smallWeight(random) }),
};

function weightOf({ value }: JsonObject): string {
  return String(value);
}
