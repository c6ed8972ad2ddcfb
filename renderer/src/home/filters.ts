/** What Home shows, as it stands in its address. */
export interface Filters {
  /** Looked for in names, kinds, paths and serial numbers. */
  readonly q: string;
  readonly state: GroupKey | null;
  /** The category of a listing. */
  readonly class: string | null;
  readonly view: 'rows' | 'tiles';
  readonly sort: 'attention' | 'name';
}

/** The groups of Home, from top to bottom. */
export const groupKeys = ['needs', 'new', 'working', 'listening', 'untried', 'ignored'] as const;
/** A group of Home. */
export type GroupKey = (typeof groupKeys)[number];

/** What an address asks for; what it can't mean is left out. */
export function filtersOf(query: URLSearchParams): Filters {
  const state = query.get('state');
  return {
    q: query.get('q') ?? '',
    state: groupKeys.find((key) => key === state) ?? null,
    class: query.get('class'),
    view: query.get('view') === 'tiles' ? 'tiles' : 'rows',
    sort: query.get('sort') === 'name' ? 'name' : 'attention',
  };
}
