import { z } from 'zod';
import {
  AgentError,
  defineReadTool,
  defineSideEffectTool,
  type ReadTool,
  readingShape,
  type SideEffectTool,
} from '../kit/index.ts';
import { readStates, requireInterlock, switchRelay } from './board-states.ts';
import { describeSwitch } from './dialects/index.ts';
import type { ConfiguredBoard } from './options.ts';

const READ_INTERVAL_MS = 60_000;

function relayNumber({ dialect }: ConfiguredBoard) {
  return z.int().min(1).max(dialect.channels).describe('Relay number as printed on the board, from 1');
}

/** `relay.read`, for a board that can be asked. */
export function relayReadTool(board: ConfiguredBoard): ReadTool {
  const { channels } = board.dialect;
  return defineReadTool({
    capability: 'relay.read',
    title: 'Read the relays',
    description: `Reads which of the ${channels} relays are switched on. Changes nothing.`,
    input: z.strictObject({}),
    output: z.strictObject({
      relays: z.array(z.strictObject({ relay: relayNumber(board), on: z.boolean() })).length(channels),
      at: readingShape.at,
    }),
    testArguments: {},
    expectedIntervalMs: READ_INTERVAL_MS,
    async read(link) {
      const states = (await readStates(board, link)) ?? [];
      return { relays: states.map((on, index) => ({ relay: index + 1, on })), at: link.now() };
    },
  });
}

/**
 * `relay.set`: one relay on or off, until it is told otherwise. Never a lock's relay on, which would stay open.
 *
 * A doubtful call is resolved from the state before and the state now, as `relay.set` of cn-modbus does it; a board that
 * can't be asked leaves it unknown.
 */
export function relaySetTool(board: ConfiguredBoard): SideEffectTool {
  const { options, title, dialect } = board;
  const asks = dialect.readStates !== null;
  const input = z.strictObject({
    relay: relayNumber(board),
    on: z.boolean().describe('true switches the relay on (contact actuated), false off'),
  });
  return defineSideEffectTool({
    capability: 'relay.set',
    title: 'Switch a relay',
    description:
      `Switches one of the ${dialect.channels} relays on or off${asks ? ' and reads it back' : '; the board confirms nothing'}. ` +
      `Whatever is wired to the relay starts or stops.${locksWords(options.lock_channels)}`,
    input,
    output: z.strictObject({
      relay: relayNumber(board),
      on: z.boolean(),
      previous_on: z.boolean().nullable().describe('State before the call; null where the board can not be asked'),
      at: readingShape.at,
    }),
    data: input,
    witness: z.strictObject({ previous_on: z.boolean().nullable() }),
    testArguments: { relay: 1, on: false },
    bestEvidence: asks ? 'read_back' : 'transmitted',
    destructive: true,
    idempotent: true,
    boundable: ['relay'],

    plan({ relay, on }) {
      if (on && options.lock_channels.includes(relay)) throw isLock(title, relay);
      const label = describeSwitch(relay, on);
      return {
        summary: `Switch ${label}`,
        question: `Did relay ${relay} switch ${on ? 'on' : 'off'}?`,
        frames: [{ bytes: dialect.set(relay, on).bytes, label }],
        data: { relay, on },
        output: String(relay),
      };
    },

    async check(link, { relay, on }) {
      const states = await readStates(board, link);
      if (on) requireInterlock(board, relay, states);
      return { previous_on: states?.[relay - 1] ?? null };
    },

    async act(link, { relay, on }, _plan, { previous_on }) {
      const switched = await switchRelay(board, link, relay, on);
      if (switched.kind === 'not_switched') return { outcome: 'failed', error: switched.error };
      // What was so before, and was refused, is no work of ours.
      const evidence = switched.saidNo && previous_on === on ? 'status_after' : switched.evidence;
      return { outcome: 'applied', evidence, result: { relay, on, previous_on, at: link.now() } };
    },

    async resolve(link, { relay, on }, _plan, { previous_on }) {
      const now = (await readStates(board, link))?.[relay - 1];
      if (now === undefined || previous_on === null) {
        return { happened: 'unknown', reason: `${title} can't be asked which relays are on` };
      }
      if (now === on) return { happened: true, evidence: previous_on === on ? 'status_after' : 'read_back' };
      if (now === previous_on) return { happened: false, evidence: 'read_back' };
      return { happened: 'unknown', reason: `relay ${relay} was switched from elsewhere meanwhile` };
    },
  });
}

function locksWords(channels: readonly number[]): string {
  if (channels.length === 0) return '';
  return ` A lock hangs on ${channels.length === 1 ? 'relay' : 'relays'} ${channels.join(', ')}: that can only be switched off here.`;
}

function isLock(title: string, relay: number): AgentError {
  return new AgentError(
    'invalid_arguments',
    `A lock hangs on relay ${relay} of ${title}: switched on here, it would stay open. Nothing was sent.`,
    {
      hint: 'Use access.unlock, which closes it again. If it is no lock, take it out of lock_channels.',
      details: { tool: 'relay.set', relay },
    },
  );
}
