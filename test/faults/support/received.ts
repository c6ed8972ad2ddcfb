import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { JournalEntryObject } from '../../../main/api/schemas/index.ts';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import type { Ask, Load, Received } from '../loads/load.ts';

/** What the device of each load had received at one time. */
export type ReceivedByLoad = ReadonlyMap<Load, readonly Received[]>;

/** Looks at every device; `stateOf` gives what its simulator says of itself. */
export async function readReceived(
  loads: readonly Load[],
  stateOf: (load: Load) => JsonObject | Promise<JsonObject>,
): Promise<ReceivedByLoad> {
  const found = await Promise.all(loads.map(async (load) => [load, load.received(await stateOf(load))] as const));
  return new Map(found);
}

/** What a load's device received between two looks at it. */
export function receivedBetween(from: ReceivedByLoad, load: Load, to: ReceivedByLoad): readonly Received[] {
  const last = from.get(load)?.at(-1)?.sequence ?? 0;
  return (to.get(load) ?? []).filter(({ sequence }) => sequence > last);
}

/** A person looks at the devices and says what they show, so that the next trial is not in doubt about this one. */
export async function settleDoubts<Asked extends { readonly key: string; readonly load: Load; readonly ask: Ask }>(
  { api }: Pick<AgentProcess, 'api'>,
  asked: readonly Asked[],
  rows: ReadonlyMap<string, JournalEntryObject>,
  happened: (one: Asked) => boolean,
): Promise<void> {
  for (const one of asked) {
    const row = rows.get(one.key);
    if (row?.state !== 'unknown' || row.settlement !== null) continue;
    try {
      await api.settleJournalEntry(row.journal_id, { answer: happened(one) ? 'happened' : 'did_not_happen' });
    } catch (error) {
      // The device was asked meanwhile, and could tell.
      if (!AgentError.is(error, 'state_conflict')) throw error;
    }
  }
}
