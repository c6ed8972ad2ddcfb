import type { JournalEntry } from '../live/wire.ts';

/** What of the journal is shown, as it stands in the address. */
export const activityFilters = ['all', 'to_answer', 'done', 'refused', 'failed', 'waiting'] as const;
/** One of them. */
export type ActivityFilter = (typeof activityFilters)[number];

/** The filter that an address names; what it does not know shows everything. */
export function filterNamed(text: string | null): ActivityFilter {
  // By the state of its rows, as the tray and Home ask for it.
  if (text === 'unknown') return 'to_answer';
  return activityFilters.find((filter) => filter === text) ?? 'all';
}

const states: Readonly<Record<ActivityFilter, JournalEntry['state'] | null>> = {
  all: null,
  to_answer: 'unknown',
  done: 'applied',
  refused: 'refused',
  failed: 'failed',
  waiting: 'awaiting_approval',
};

/** The page of the journal to ask for. */
export function journalPath(filter: ActivityFilter, connectorId: string | null, cursor: string | null): string {
  const query = new URLSearchParams({ limit: '50' });
  const state = states[filter];
  if (state !== null) query.set('state', state);
  if (connectorId !== null) query.set('connector_id', connectorId);
  if (cursor !== null) query.set('cursor', cursor);
  return `/v1/journal?${query}`;
}

/** Whether a person has to say what happened. */
export function isToAnswer({ state, settlement }: JournalEntry): boolean {
  return state === 'unknown' && settlement === null;
}
