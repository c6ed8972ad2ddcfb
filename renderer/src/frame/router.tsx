import { type AnchorHTMLAttributes, type MouseEvent, type ReactNode, useSyncExternalStore } from 'react';
import { type Place, pathOf, placeOf } from './places.ts';

/** What an entry of the history carries beside its address. */
interface EntryState {
  /** The path of the place that a sheet was opened over. */
  readonly over?: string;
  /** Whether going back closes it. */
  readonly pushed?: boolean;
}

interface Location {
  readonly place: Place;
  readonly query: URLSearchParams;
  /** The place that a sheet was opened over; null when its address was opened by itself. */
  readonly over: Place | null;
}

const isEntryState = (value: unknown): value is EntryState => typeof value === 'object' && value !== null;

function read(): Location {
  const state: unknown = window.history.state;
  const { over } = isEntryState(state) ? state : {};
  return {
    place: placeOf(window.location.pathname),
    query: new URLSearchParams(window.location.search),
    over: over === undefined ? null : placeOf(over),
  };
}

let location: Location = read();
const listeners = new Set<() => void>();
const moved = () => {
  location = read();
  for (const listener of listeners) listener();
};
window.addEventListener('popstate', moved);

/** Where the page is. */
export function useLocation(): Location {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => location,
  );
}

/** How to move. */
export interface Move {
  /** What is looked for there. */
  readonly query?: Readonly<Record<string, string | null | undefined>>;
  /** In place of the entry that is shown: for typing, and for what going back should skip. */
  readonly replace?: boolean;
  /** Opens a sheet over the place that is shown: going back closes it. */
  readonly sheet?: boolean;
}

/** The address of a place. */
export function addressOf(place: Place, query: Move['query'] = {}): string {
  const wanted = new URLSearchParams();
  for (const [name, value] of Object.entries(query)) if (value != null && value !== '') wanted.set(name, value);
  const text = wanted.toString();
  return pathOf(place) + (text === '' ? '' : `?${text}`);
}

/** Goes to a place. */
export function go(place: Place, { query, replace = false, sheet = false }: Move = {}): void {
  const state: EntryState = {
    ...(sheet ? { over: window.location.pathname } : {}),
    ...(replace ? {} : { pushed: true }),
  };
  const address = addressOf(place, query);
  if (replace) window.history.replaceState({ ...window.history.state, ...state }, '', address);
  else window.history.pushState(state, '', address);
  moved();
}

/** Changes what is looked for at this place: `null` takes it out. Typing replaces the entry, a choice makes one. */
export function look(query: Readonly<Record<string, string | null>>, { replace }: { readonly replace: boolean }): void {
  const whole = Object.fromEntries(location.query);
  const wanted: Record<string, string | null> = { ...whole, ...query };
  const over = location.over;
  const state: EntryState = { ...(over === null ? {} : { over: pathOf(over) }), pushed: !replace };
  const address = addressOf(location.place, wanted);
  if (replace) window.history.replaceState(window.history.state, '', address);
  else window.history.pushState(state, '', address);
  moved();
}

/** Closes a sheet: back to what it was opened over, or to `otherwise` when its address was opened by itself. */
export function leaveSheet(otherwise: Place): void {
  const state: unknown = window.history.state;
  if (isEntryState(state) && state.over !== undefined && state.pushed === true) window.history.back();
  else go(otherwise, { replace: true });
}

/** Goes on at an address of this page, in place of the entry that is shown. */
export function goOnAt(address: string): void {
  window.history.replaceState(null, '', address);
  moved();
}

/** A link to a place; the page itself stays. */
export function Link({
  to,
  query,
  sheet = false,
  children,
  ...rest
}: Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & {
  readonly to: Place;
  readonly query?: Move['query'];
  readonly sheet?: boolean;
  readonly children: ReactNode;
}) {
  const follow = (event: MouseEvent) => {
    if (
      event.defaultPrevented ||
      event.button !== 0 ||
      event.metaKey ||
      event.ctrlKey ||
      event.shiftKey ||
      event.altKey
    )
      return;
    event.preventDefault();
    go(to, { sheet, ...(query === undefined ? {} : { query }) });
  };
  return (
    <a {...rest} href={addressOf(to, query)} onClick={follow}>
      {children}
    </a>
  );
}
