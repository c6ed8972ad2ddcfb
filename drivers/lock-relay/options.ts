import { z } from 'zod';
import { AgentError, type DriverContext, type JsonObject, type LinkType, linkNames } from '../kit/index.ts';
import { boardNames, boardOf } from './boards.table.ts';
import { type Dialect, dialectOf } from './dialects/index.ts';

/** No lock of a door needs longer, and a magnet that is meant for pulses overheats. */
const LONGEST_UNLOCK_MS = 30_000;
/** Shorter than this a relay may not even move. */
export const SHORTEST_UNLOCK_MS = 100;
const MOST_CHANNELS = 32;

const duration = () => z.int().min(SHORTEST_UNLOCK_MS).max(LONGEST_UNLOCK_MS);
const channel = z.int().min(1).max(MOST_CHANNELS);

/** The listing's own configuration keys. */
export const optionsSchema = z.strictObject({
  board: z.enum(boardNames).describe('Model of the board; it can not be found out safely, so a person says it'),
  accept_agent_timed: z
    .boolean({
      error:
        'say true or false. None of these boards can switch a lock off by itself: the agent has to, and if it or the computer dies while the door is open, it stays open until they run again. true gives access.unlock under that condition, false leaves it out',
    })
    .describe('Whether access.unlock is wanted although the agent, not the board, ends the opening; see docs/locks.md'),
  lock_channels: z
    .array(channel)
    .max(MOST_CHANNELS)
    .default([1])
    .describe('Relays that a lock hangs on: opened by access.unlock for a while, never switched on by relay.set'),
  unlock_ms: duration()
    .default(3_000)
    .describe('How long a lock is opened when the call does not say, in milliseconds'),
  max_unlock_ms: duration().default(10_000).describe('The longest that a call may ask for, in milliseconds'),
  min_interval_ms: z
    .int()
    .min(0)
    .max(3_600_000)
    .default(1_000)
    .describe('Least time between the end of one opening of a lock and the next, in milliseconds'),
  interlock: z
    .array(z.array(channel).min(2))
    .max(MOST_CHANNELS)
    .default([])
    .describe('Groups of relays of which only one may be on at a time, for example [[1,2]] for an airlock'),
  status: z
    .enum(['none', 'lines', 'bytes'])
    .default('none')
    .describe('What an LCUS board answers to its status question (FF); none for all other boards'),
});

/** The options, read. */
export type LockRelayOptions = z.output<typeof optionsSchema>;

/** A board as it is configured. */
export interface ConfiguredBoard {
  readonly options: LockRelayOptions;
  readonly title: string;
  readonly dialect: Dialect;
}

/** The board of a context. */
export function configuredBoard({ options: given }: Pick<DriverContext, 'options'>): ConfiguredBoard {
  const options = optionsSchema.parse(given);
  return { options, title: boardOf(options.board).title, dialect: dialectOf(options) };
}

/** Refuses what each key allows by itself but the board, or the link of the device, does not. Throws `invalid_parameter`. */
export function checkOptions(given: JsonObject, link: LinkType | null = null): void {
  const { options, title, dialect } = configuredBoard({ options: given });
  const { lock_channels, interlock, unlock_ms, max_unlock_ms, status, board } = options;
  const wrong = (key: keyof LockRelayOptions, problem: string, hint: string): AgentError =>
    new AgentError('invalid_parameter', `config.${key}: ${problem}.`, {
      hint,
      details: { parameter: `config.${key}` },
    });
  if (link !== null && link !== dialect.link) {
    throw wrong(
      'board',
      `${title} hangs on ${linkNames[dialect.link]}, and this device on ${linkNames[link]}`,
      'Choose the model that is printed on the board.',
    );
  }
  if (status !== 'none' && boardOf(board).dialect.name !== 'lcus') {
    throw wrong('status', `${title} has its own way to read the relays back`, 'Leave it at none.');
  }
  const absent = (channels: readonly number[]) => channels.find((one) => one > dialect.channels);
  const missing = absent(lock_channels) ?? absent(interlock.flat());
  if (missing !== undefined) {
    const key = absent(lock_channels) === undefined ? 'interlock' : 'lock_channels';
    throw wrong(key, `there is no relay ${missing} on ${title}`, `It has relays 1 to ${dialect.channels}.`);
  }
  if (unlock_ms > max_unlock_ms) {
    throw wrong(
      'unlock_ms',
      `${unlock_ms} is over max_unlock_ms, ${max_unlock_ms}`,
      'Raise max_unlock_ms or lower unlock_ms.',
    );
  }
  if (interlock.length > 0 && dialect.readStates === null) {
    throw wrong(
      'interlock',
      `${title} can't be asked which relays are on, so an interlock would only be hoped for`,
      'Use a board with a read-back, or wire the interlock in hardware.',
    );
  }
}
