import { z } from 'zod';
import { type Load, shuffled } from './load.ts';

const LOCKS = [1, 2, 3, 4, 5, 6, 7, 8];

const stateSchema = z.object({
  changes: z.array(z.object({ sequence: z.int(), channel: z.int(), on: z.boolean() })),
});

const markOf = (channel: number) => `open ${channel}`;

/** A board with eight locks: up to three are opened for a moment, each once, while it is read. */
export const locks: Load = {
  name: 'locks',
  connector: 'locks',
  device: {
    name: 'locks',
    listing: 'cn-lock-relay',
    // Its own supply: what was on stays on whatever happens to the cable.
    simulator: { board: 'devantech-rly08', own_supply: true },
    declared: { manufacturer: 'Devantech Ltd.', product: 'USB-RLY08', serial_number: 'BENCH-LOCKS-1' },
    units: [],
    rules: [
      {
        name: 'locks',
        config: { board: 'devantech-rly08', accept_agent_timed: true, lock_channels: LOCKS, min_interval_ms: 0 },
      },
    ],
  },
  asks: (random) =>
    shuffled(random, LOCKS)
      .slice(0, 1 + Math.floor(random() * 3))
      .map((channel) => ({
        tool: 'access.unlock',
        arguments: { channel, duration_ms: 150 + Math.floor(random() * 300) },
        mark: markOf(channel),
      })),
  readings: [
    {
      tool: 'relay.read',
      problem: ({ relays: read }) =>
        Array.isArray(read) && read.length === LOCKS.length ? null : 'it does not tell eight relays',
    },
  ],
  // Closing is safe to repeat, so only openings count.
  received: (state) =>
    stateSchema
      .parse(state)
      .changes.filter(({ on }) => on)
      .map(({ sequence, channel }) => ({ sequence, mark: markOf(channel), done: true })),
  // A door that is closed again shows nothing of its having been open.
  shows: () => false,
};
