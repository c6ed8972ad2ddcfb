import { invalidCursor, type Page, type PageRequest } from '../../main/api/index.ts';
import type { ConnectorListFilter, ConnectorSummary } from '../../main/api/schemas/index.ts';
import type { ConnectorEntry } from '../agents/connector-entry.ts';
import { createOrderedList, type OrderedList } from './ordered-list.ts';

type Status = ConnectorSummary['status'];
/** Where a connector is in a list. */
type Place = Pick<ConnectorEntry, 'createdAtMs' | 'id'>;
type List = OrderedList<Place, ConnectorEntry>;

/**
 * The connectors of one tenant's live or test data, in the order of their list, and the same for each kind, status and capability.
 * A page costs what is on it, and what of the shortest of these lists has to be passed over.
 */
export interface ConnectorIndex {
  add(entry: ConnectorEntry): void;
  remove(entry: ConnectorEntry): void;
  /** Its status, as it is shown, has become another one. */
  changeStatus(entry: ConnectorEntry, before: Status): void;
  /** Whether more than one has this name. */
  isShared(name: string): boolean;
  /** Newest first, by id where the time is the same; `invalid_cursor` for a position that makes no sense. */
  page(filter: ConnectorListFilter, request: PageRequest): Page<ConnectorEntry>;
  has(capability: string): boolean;
  /** Those that have a capability. */
  having(capability: string): Iterable<ConnectorEntry>;
  /** By name. */
  capabilities(): readonly string[];
}

/** Makes an empty one. `statusOf` says with which status a connector is shown now. */
export function createConnectorIndex(statusOf: (entry: ConnectorEntry) => Status): ConnectorIndex {
  const all: List = createOrderedList(compare);
  const lists = new Map<string, List>();
  const names = new Map<string, number>();
  const keysOf = ({ kind, capabilities }: ConnectorEntry, status: Status) => [
    `kind/${kind}`,
    `status/${status}`,
    ...capabilities.map((capability) => `capability/${capability}`),
  ];
  const addTo = (key: string, entry: ConnectorEntry) => {
    const list = lists.get(key) ?? createOrderedList<Place, ConnectorEntry>(compare);
    lists.set(key, list);
    list.add(entry);
  };
  const removeFrom = (key: string, entry: ConnectorEntry) => {
    const list = lists.get(key);
    list?.remove(entry);
    if (list?.size === 0) lists.delete(key);
  };
  return {
    add(entry) {
      all.add(entry);
      for (const key of keysOf(entry, statusOf(entry))) addTo(key, entry);
      names.set(entry.name, (names.get(entry.name) ?? 0) + 1);
    },
    remove(entry) {
      if (!all.remove(entry)) return;
      for (const key of keysOf(entry, statusOf(entry))) removeFrom(key, entry);
      const left = (names.get(entry.name) ?? 1) - 1;
      if (left === 0) names.delete(entry.name);
      else names.set(entry.name, left);
    },
    changeStatus(entry, before) {
      removeFrom(`status/${before}`, entry);
      addTo(`status/${statusOf(entry)}`, entry);
    },
    isShared: (name) => (names.get(name) ?? 0) > 1,
    page(filter, { limit, position }) {
      const { capability, kind, status } = filter;
      const after = position === null ? undefined : readPosition(position);
      let shortest = all;
      for (const [what, value] of Object.entries({ capability, kind, status })) {
        if (value === undefined) continue;
        const list = lists.get(`${what}/${value}`);
        if (list === undefined) return { items: [], next: null };
        if (list.size < shortest.size) shortest = list;
      }
      const items: ConnectorEntry[] = [];
      for (const entry of shortest.items(after)) {
        const wanted =
          (kind === undefined || entry.kind === kind) &&
          (status === undefined || statusOf(entry) === status) &&
          (capability === undefined || entry.capabilities.includes(capability));
        if (!wanted) continue;
        // One more than fits says that there is a next page.
        const last = items.at(-1);
        if (items.length === limit && last !== undefined) return { items, next: positionOf(last) };
        items.push(entry);
      }
      return { items, next: null };
    },
    has: (capability) => lists.has(`capability/${capability}`),
    having: (capability) => lists.get(`capability/${capability}`)?.items() ?? [],
    capabilities() {
      const prefix = 'capability/';
      const own = [...lists.keys()].filter((key) => key.startsWith(prefix));
      return own.map((key) => key.slice(prefix.length)).sort();
    },
  };
}

function compare(left: Place, right: Place): number {
  return right.createdAtMs - left.createdAtMs || (left.id < right.id ? -1 : left.id > right.id ? 1 : 0);
}

function positionOf({ createdAtMs, id }: Place): string {
  return `${new Date(createdAtMs).toISOString()} ${id}`;
}

function readPosition(position: string): Place {
  const space = position.indexOf(' ');
  const createdAtMs = Date.parse(position.slice(0, space));
  if (space < 1 || Number.isNaN(createdAtMs)) throw invalidCursor();
  return { createdAtMs, id: position.slice(space + 1) };
}
