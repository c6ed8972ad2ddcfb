import type { ApiClient } from './client.ts';
import type { JournalEntryObject } from './schemas/index.ts';

/** Side effects that are not over: an update that came now would come in the middle of them. */
export interface OpenWork {
  /** Accepted, or sent and not answered; a lock that is open for a while is among them. */
  readonly acting: readonly JournalEntryObject[];
  /** Waiting for a person to allow them. */
  readonly waiting: readonly JournalEntryObject[];
  /** Nobody knows whether they happened, and nobody has said so. */
  readonly doubtful: readonly JournalEntryObject[];
}

const PAGE = 100;

/** Asks the agent's journal for rows that are open. Rejects as the client does, `agent_unreachable` above all. */
export async function findOpenWork(api: Pick<ApiClient, 'listJournal'>): Promise<OpenWork> {
  const all = async (state: JournalEntryObject['state']): Promise<readonly JournalEntryObject[]> => {
    const found: JournalEntryObject[] = [];
    for (let cursor: string | null | undefined; cursor !== null; ) {
      const page = await api.listJournal({ state, limit: PAGE, ...(cursor === undefined ? {} : { cursor }) });
      found.push(...page.data);
      cursor = page.next_cursor;
    }
    return found;
  };
  const [accepted, sent, waiting, unknown] = await Promise.all([
    all('accepted'),
    all('sent'),
    all('awaiting_approval'),
    all('unknown'),
  ]);
  return {
    acting: [...sent, ...accepted],
    waiting,
    doubtful: unknown.filter(({ settlement }) => settlement === null),
  };
}

/** Whether nothing is open. */
export function isQuiet({ acting, waiting, doubtful }: OpenWork): boolean {
  return acting.length + waiting.length + doubtful.length === 0;
}
