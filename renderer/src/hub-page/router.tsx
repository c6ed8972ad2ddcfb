import { type AnchorHTMLAttributes, type MouseEvent, useSyncExternalStore } from 'react';
import { type Place, pathOf, placeOf } from './places.ts';

interface Location {
  readonly place: Place;
  readonly query: URLSearchParams;
  /** The code of a machine that the address brought along; null without one. */
  readonly code: string | null;
}

const read = (): Location => ({
  place: placeOf(window.location.pathname),
  query: new URLSearchParams(window.location.search),
  code: codeIn(window.history.state),
});
takeCode();
let location = read();
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

/** Goes to a screen. */
export function go(place: Place): void {
  window.history.pushState(null, '', pathOf(place));
  moved();
}

/** Changes what is looked for on this screen; null takes it out. It replaces the entry of the history. */
export function look(query: Readonly<Record<string, string | null>>): void {
  const wanted = new URLSearchParams(location.query);
  for (const [name, value] of Object.entries(query)) {
    if (value === null || value === '') wanted.delete(name);
    else wanted.set(name, value);
  }
  const text = wanted.toString();
  window.history.replaceState(null, '', pathOf(location.place) + (text === '' ? '' : `?${text}`));
  moved();
}

/** The code that the address brought along was used. */
export function forgetCode(): void {
  look({});
}

/** The code in the address, once: it moves into the entry of the history, where a reload still finds it and nobody reads it. */
function takeCode(): void {
  const url = new URL(window.location.href);
  const code = url.searchParams.get('code');
  if (code === null) return;
  url.searchParams.delete('code');
  window.history.replaceState({ code: code.slice(0, 40) }, '', url);
}

function codeIn(state: unknown): string | null {
  const kept = typeof state === 'object' && state !== null && 'code' in state ? state.code : null;
  return typeof kept === 'string' ? kept : null;
}

/** A link to a screen; the page itself stays. */
export function Link({ to, ...rest }: Omit<AnchorHTMLAttributes<HTMLAnchorElement>, 'href'> & { readonly to: Place }) {
  const follow = (event: MouseEvent) => {
    const { button, metaKey, ctrlKey, shiftKey, altKey } = event;
    if (event.defaultPrevented || button !== 0 || metaKey || ctrlKey || shiftKey || altKey) return;
    event.preventDefault();
    go(to);
  };
  return <a {...rest} href={pathOf(to)} onClick={follow} />;
}
