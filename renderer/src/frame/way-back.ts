const STORAGE_KEY = 'fibric-edge.way-back';
/** A way back older than this leads to what nobody remembers wanting, in milliseconds. */
const LIFE_MS = 10 * 60_000;

/** Keeps where this tab wanted to go: the session that is opened next begins there. Addresses hold no secrets. */
export function keepWayBack(): void {
  const { pathname, search } = window.location;
  if (pathname === '/' && search === '') return;
  localStorage.setItem(STORAGE_KEY, JSON.stringify({ address: pathname + search, atMs: Date.now() }));
}

/** Where a tab without a session wanted to go lately; null when there is none. It is told once. */
export function takeWayBack(): string | null {
  const text = localStorage.getItem(STORAGE_KEY);
  localStorage.removeItem(STORAGE_KEY);
  if (text === null) return null;
  try {
    const kept: unknown = JSON.parse(text);
    if (typeof kept !== 'object' || kept === null || !('address' in kept) || !('atMs' in kept)) return null;
    const { address, atMs } = kept;
    if (typeof address !== 'string' || typeof atMs !== 'number' || Date.now() - atMs > LIFE_MS) return null;
    // Only a path of this page: nothing kept here may lead elsewhere.
    return /^\/(?!\/)/.test(address) ? address : null;
  } catch {
    return null;
  }
}
