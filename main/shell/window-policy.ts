import { z } from 'zod';

/** Where the window may be: the agent's own page, and the shell's own files. */
export interface OwnPlaces {
  /** `http://127.0.0.1:PORT`; null while no agent answers. */
  readonly agentOrigin: string | null;
  /** `file:///…/pages/`, with the slash at its end. */
  readonly pagesUrl: string;
}

/** Whose page an address is. */
export type PageOwner = 'agent' | 'shell' | 'stranger';

/** Whose page an address is; what can't be read as an address is a stranger's. */
export function pageOwner(address: string, { agentOrigin, pagesUrl }: OwnPlaces): PageOwner {
  const url = URL.parse(address);
  if (url === null || url.username !== '' || url.password !== '') return 'stranger';
  if (agentOrigin !== null && url.protocol === 'http:' && url.origin === agentOrigin) return 'agent';
  // A file's address may be written in many ways; only what it comes to counts.
  if (url.protocol === 'file:' && url.host === '' && url.href.startsWith(pagesUrl)) return 'shell';
  return 'stranger';
}

/** Whether a page may take the window to this address by itself. Only within the agent's own pages. */
export function mayNavigate(from: string, to: string, places: OwnPlaces): boolean {
  return pageOwner(from, places) === 'agent' && pageOwner(to, places) === 'agent';
}

/** Whether the window's session may ask for this address at all: loopback, and nothing that leaves the machine. */
export function staysOnMachine(address: string): boolean {
  const url = URL.parse(address);
  if (url === null) return false;
  if (['file:', 'data:', 'blob:', 'about:', 'devtools:', 'chrome-error:'].includes(url.protocol))
    return url.host === '' || url.protocol === 'devtools:' || url.protocol === 'chrome-error:';
  if (!['http:', 'https:', 'ws:', 'wss:'].includes(url.protocol)) return false;
  return url.hostname === 'localhost' || url.hostname === '[::1]' || /^127(?:\.\d{1,3}){3}$/.test(url.hostname);
}

/** A place within the window: a path with its query, on the agent's own origin. */
export const placeSchema = z
  .string()
  .max(2_000)
  .regex(/^\/(?![/\\])[^\\\p{Cc}\s]*$/u, 'a path on the agent');
