import { z } from 'zod';
import type { JournalEntry } from '../../connectors/index.ts';

/** How many of a device's last outcomes are remembered as told. */
const REMEMBERED = 64;

const toldSchema = z.array(z.tuple([z.string(), z.string()]));

/** What of a device's effects was told, as kept beside the events: state and time, the last at the end. */
export type ToldEffects = z.output<typeof toldSchema>;

/** Reads what {@link toldText} wrote; nothing where it can't be read. */
export function readTold(text: string | null): ToldEffects {
  if (text === null) return [];
  try {
    return toldSchema.catch([]).parse(JSON.parse(text));
  } catch {
    return [];
  }
}

/** When an effect came to be as it is; null: it has not ended. */
export function endedAt({ state, ended_at, settlement }: JournalEntry): string | null {
  if (state === 'accepted' || state === 'awaiting_approval' || state === 'sent') return null;
  return settlement?.at ?? ended_at;
}

/** Whether this state of an effect was told. What is older than all that is remembered was. */
export function isTold(told: ToldEffects, entry: JournalEntry, at: string): boolean {
  if (told.some(([mark]) => mark === markOf(entry))) return true;
  const [oldest] = told;
  return told.length >= REMEMBERED && oldest !== undefined && at < oldest[1];
}

/** What is to be remembered once this was told as well. */
export function toldText(told: ToldEffects, entry: JournalEntry, at: string): string {
  return JSON.stringify([...told, [markOf(entry), at]].slice(-REMEMBERED));
}

function markOf({ journal_id: id, attempts, state, settlement }: JournalEntry): string {
  return `${id} ${attempts} ${settlement === null ? state : 'settled'}`;
}
