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

/** Switches a relay and reads it back where that can be done. Throws `device_refused` when it reads back otherwise. */
export async function switchRelay(
  board: ConfiguredBoard,
  link: Link,
  channel: number,
  on: boolean,
): Promise<'read_back' | 'transmitted'> {
  await link.exchange(board.dialect.set(channel, on));
  const states = await readStates(board, link);
  if (states === null) return 'transmitted';
  if (states[channel - 1] === on) return 'read_back';
  throw new AgentError(
    'device_refused',
    `${board.title} was told ${describeSwitch(channel, on)}, but reads it back ${on ? 'off' : 'on'}.`,
    {
      hint: 'Look at the board: its supply, and whether something else switches it.',
      details: { channel, expected: on ? 'on' : 'off', seen: on ? 'off' : 'on' },
    },
  );
}
