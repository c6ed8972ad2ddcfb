import { forgetSession, request } from '../live/request.ts';
import { endedSessionSchema, openedPageSessionSchema, type PageSession } from './wire.ts';

/**
 * Where the page's half of its session is: it opens nothing without the cookie, which no script reads. In every tab of this
 * browser, so that an address on a machine's screen opens signed in.
 */
const sharedKey = 'fibric-edge.hub-page';
/** Where requests of this tab take it from (`live/request.ts`). */
const tabKey = 'fibric-edge.window';

/** Gives this tab the session that the browser has. */
export function resumeSession(): void {
  const half = localStorage.getItem(sharedKey);
  if (half !== null) sessionStorage.setItem(tabKey, half);
}

/** The ticket in the address, once: it is taken out of it, and out of the history. */
export function takeTicket(): string | null {
  const ticket = /^#ticket=([\w-]{1,200})$/.exec(window.location.hash)?.[1] ?? null;
  if (ticket !== null) {
    const { pathname, search } = window.location;
    window.history.replaceState(window.history.state, '', pathname + search);
  }
  return ticket;
}

/** Exchanges a key, or a ticket, for a session; keeps neither. Rejects as `request` does. */
export async function openSession(
  secret: { readonly key: string } | { readonly ticket: string },
): Promise<PageSession> {
  const { half, ...session } = await request('POST', '/session', openedPageSessionSchema, { body: secret });
  localStorage.setItem(sharedKey, JSON.stringify(half));
  resumeSession();
  return session;
}

/** Ends the session here and at the hub; where the hub can't be reached, here alone. */
export async function closeSession(): Promise<void> {
  await request('DELETE', '/session', endedSessionSchema).catch(() => {});
  dropSession();
}

/** Forgets a session that is over. */
export function dropSession(): void {
  localStorage.removeItem(sharedKey);
  forgetSession();
}

/** Called when another tab signs in or out; returns what ends that. */
export function watchOtherTabs(changed: () => void): () => void {
  const heard = ({ key, newValue }: StorageEvent) => {
    if (key !== sharedKey) return;
    if (newValue === null) forgetSession();
    else resumeSession();
    changed();
  };
  window.addEventListener('storage', heard);
  return () => window.removeEventListener('storage', heard);
}
