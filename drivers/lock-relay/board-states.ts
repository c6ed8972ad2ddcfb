import { AgentError, type Link } from '../kit/index.ts';
import { describeSwitch } from './dialects/index.ts';
import type { ConfiguredBoard } from './options.ts';

/** Which relays are on; null where the board can't be asked. */
export async function readStates({ dialect }: ConfiguredBoard, link: Link): Promise<readonly boolean[] | null> {
  return dialect.readStates === null ? null : dialect.readStates(link);
}

/** Throws `refused` when another relay of an interlock group is on. */
export function requireInterlock(
  { options, title }: ConfiguredBoard,
  channel: number,
  states: readonly boolean[] | null,
): void {
  for (const group of options.interlock) {
    if (!group.includes(channel)) continue;
    const other = group.find((one) => one !== channel && states?.[one - 1] === true);
    if (other === undefined) continue;
    throw new AgentError(
      'refused',
      `Relay ${channel} of ${title} must not be on while relay ${other} is: they are interlocked. Nothing was sent.`,
      { hint: `Wait until relay ${other} is off.`, details: { reason: 'interlock', channel, other } },
    );
  }
}

/** How a relay stands after it was told to switch. */
export type Switched =
  /** `saidNo`: the board refused the command, and yet the relay is as it was told to be. */
  | { readonly kind: 'as_told'; readonly evidence: 'read_back' | 'transmitted'; readonly saidNo: boolean }
  /** It reads back that it has not switched. */
  | { readonly kind: 'not_switched'; readonly error: AgentError };

/**
 * Switches a relay and reads it back where that can be done, also when the board refuses the command: a refusal is of the
 * report, which the board may have acted on before. Rejects while it is not known how the relay stands.
 */
export async function switchRelay(board: ConfiguredBoard, link: Link, channel: number, on: boolean): Promise<Switched> {
  const refusal = await tell(board, link, channel, on);
  const states = await readBack(board, link, channel, on);
  if (states === null) {
    if (refusal !== null) throw refusal;
    return { kind: 'as_told', evidence: 'transmitted', saidNo: false };
  }
  if (states[channel - 1] === on) return { kind: 'as_told', evidence: 'read_back', saidNo: refusal !== null };
  return { kind: 'not_switched', error: refusal ?? contradiction(board, channel, on) };
}

/** What the board answered when it refused; null when it did not. Rejects with all else. */
async function tell(
  { dialect }: ConfiguredBoard,
  link: Link,
  channel: number,
  on: boolean,
): Promise<AgentError | null> {
  try {
    await link.exchange(dialect.set(channel, on));
    return null;
  } catch (error) {
    if (AgentError.is(error, 'device_refused')) return error;
    throw error;
  }
}

async function readBack(board: ConfiguredBoard, link: Link, channel: number, on: boolean) {
  try {
    return await readStates(board, link);
  } catch (cause) {
    const { code, message, hint, details } = AgentError.from(cause);
    const told = `${board.title} was told ${describeSwitch(channel, on)}, and can't be read back. ${message}`;
    throw new AgentError(code, told, { ...(hint === undefined ? {} : { hint }), details, cause });
  }
}

function contradiction({ title }: ConfiguredBoard, channel: number, on: boolean): AgentError {
  return new AgentError(
    'device_refused',
    `${title} was told ${describeSwitch(channel, on)}, but reads it back ${on ? 'off' : 'on'}.`,
    {
      hint: 'Look at the board: its supply, and whether something else switches it.',
      details: { channel, expected: on ? 'on' : 'off', seen: on ? 'off' : 'on' },
    },
  );
}
