import { z } from 'zod';
import {
  AgentError,
  type DriverContext,
  defineSideEffectTool,
  type Link,
  type Plan,
  type Release,
  readingShape,
  type SideEffectTool,
} from '../kit/index.ts';
import { readStates, requireInterlock, switchRelay } from './board-states.ts';
import { boardNames } from './boards.table.ts';
import { describeSwitch } from './dialects/index.ts';
import { type ConfiguredBoard, configuredBoard, SHORTEST_UNLOCK_MS } from './options.ts';

/** Between the two commands to a board that confirms nothing. */
const AGAIN_MS = 50;

const dataSchema = z.strictObject({ board: z.enum(boardNames), channel: z.int(), duration_ms: z.int() });

/**
 * `access.unlock`: a lock's relay on for a while. The boards have no timer, so the host ends it, with {@link releaseLock}.
 * Afterwards nothing shows whether it was open in between: a doubtful call is settled by a person.
 */
export function unlockTool(board: ConfiguredBoard): SideEffectTool {
  const { options, title, dialect } = board;
  const { lock_channels: locks, unlock_ms, max_unlock_ms } = options;
  const asks = dialect.readStates !== null;
  const channel = z.literal(locks).describe(`Relay that the lock hangs on: ${locks.join(', ')}`);
  const duration = z
    .int()
    .min(SHORTEST_UNLOCK_MS)
    .max(max_unlock_ms)
    .describe(`How long it is open, ${SHORTEST_UNLOCK_MS} to ${max_unlock_ms} milliseconds`);
  return defineSideEffectTool({
    capability: 'access.unlock',
    title: 'Open a lock for a while',
    description:
      `Opens a lock for duration_ms milliseconds and closes it again; answers when it is closed. ` +
      `${asks ? 'Both are read back from the relay, which does not show whether the door itself moved.' : 'The board confirms neither.'} ` +
      'Each call opens it anew.',
    input: z.strictObject({ channel: channel.default(locks[0] ?? 1), duration_ms: duration.default(unlock_ms) }),
    output: z.strictObject({
      channel,
      duration_ms: duration,
      unlocked_at: readingShape.at.describe('When the relay was switched on, RFC 3339 UTC'),
      locked_at: readingShape.at.describe('When it was switched off, RFC 3339 UTC'),
    }),
    data: dataSchema,
    witness: z.strictObject({ states: z.array(z.boolean()).nullable() }),
    testArguments: {},
    bestEvidence: asks ? 'read_back' : 'transmitted',
    destructive: true,
    idempotent: false,
    boundable: ['channel', 'duration_ms'],

    plan({ channel, duration_ms }) {
      const frame = (on: boolean) => ({
        bytes: dialect.set(channel, on).bytes,
        label: describeSwitch(channel, on),
      });
      return {
        summary: `Open lock ${channel} for ${duration_ms} ms`,
        question: `Did lock ${channel} open?`,
        frames: [frame(true)],
        data: { board: options.board, channel, duration_ms },
        output: String(channel),
        timed: { holdMs: duration_ms, release: Array.from({ length: timesOff(board) }, () => frame(false)) },
        minIntervalMs: options.min_interval_ms,
      };
    },

    async check(link, { channel }) {
      const states = await readStates(board, link);
      requireInterlock(board, channel, states);
      if (states?.[channel - 1] === true) throw alreadyOpen(title, channel);
      return { states: states === null ? null : [...states] };
    },

    async act(link, { channel, duration_ms }) {
      const unlocked_at = link.now();
      const switched = await switchRelay(board, link, channel, true);
      if (switched.kind === 'not_switched') return { outcome: 'failed', error: switched.error };
      return { outcome: 'applied', evidence: switched.evidence, result: { channel, duration_ms, unlocked_at } };
    },

    async resolve() {
      return { happened: 'unknown', reason: 'it is closed now, which does not show whether it was open in between' };
    },
  });
}

/** Switches a lock's relay off and reads it back where that can be done. Throws while it is not sure. */
export async function releaseLock(link: Link, plan: Plan, context: DriverContext): Promise<Release> {
  const board = configuredBoard(context);
  const { board: planned, channel } = dataSchema.parse(plan.data);
  if (planned !== board.options.board) throw otherBoard(planned, board.options.board);
  for (let left = timesOff(board); left > 1; left -= 1) {
    await switchRelay(board, link, channel, false);
    await link.pause(AGAIN_MS);
  }
  const switched = await switchRelay(board, link, channel, false);
  if (switched.kind === 'not_switched') throw switched.error;
  return { evidence: switched.evidence, result: { locked_at: link.now() } };
}

/** Where nothing can be read back, a lock is told twice to close: half a command may have been left in the board. */
function timesOff({ dialect }: ConfiguredBoard): number {
  return dialect.readStates === null ? 2 : 1;
}

function alreadyOpen(title: string, channel: number): AgentError {
  return new AgentError(
    'device_not_ready',
    `Lock ${channel} of ${title} is open already: its relay is on. Nothing was sent.`,
    {
      hint: `Something else switched it on. Close it first: relay.set relay=${channel} on=false`,
      details: { reason: 'already_on', channel },
    },
  );
}

function otherBoard(planned: string, configured: string): AgentError {
  return new AgentError(
    'invalid_configuration',
    `The lock was opened on a board of type ${planned}; the configuration says ${configured} now.`,
    { hint: `Set board to ${planned} until it is closed.`, details: { expected: planned, seen: configured } },
  );
}
