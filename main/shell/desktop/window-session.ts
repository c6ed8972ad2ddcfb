import { type Session, session } from 'electron/main';
import { type OwnPlaces, pageOwner, staysOnMachine } from '../window-policy.ts';

/** What the window's session needs to know and tells. */
export interface SessionParts {
  readonly places: () => OwnPlaces;
  readonly kiosk: () => boolean;
  readonly signedOut: () => void;
  readonly refused: (what: string, address: string) => void;
}

/** The copy buttons of the page; everything else a page may wish for is denied. */
const permitted = 'clipboard-sanitized-write';

/**
 * The session of the window: in memory, so that no cookie rests on the disk; no proxy, no request beyond loopback, no
 * permission but writing to the clipboard, no device, no download but from the agent's own page.
 */
export function openWindowSession({ places, kiosk, signedOut, refused }: SessionParts): Session {
  const own = session.fromPartition('fibric-edge-window');
  const isOwn = (address: string) => pageOwner(address, places()) !== 'stranger';

  own.setPermissionRequestHandler((_contents, permission, decide, { requestingUrl }) => {
    const allowed = permission === permitted && isOwn(requestingUrl);
    if (!allowed) refused(`the permission ${permission}`, requestingUrl);
    decide(allowed);
  });
  own.setPermissionCheckHandler((_contents, permission, origin) => permission === permitted && isOwn(origin));
  own.setDevicePermissionHandler(() => false);
  own.webRequest.onBeforeRequest(({ url }, decide) => {
    const allowed = staysOnMachine(url);
    if (!allowed) refused('a request that leaves this machine', url);
    decide({ cancel: !allowed });
  });
  own.webRequest.onCompleted({ urls: ['http://127.0.0.1/*', 'http://localhost/*'] }, ({ url, statusCode }) => {
    if (statusCode === 401 && pageOwner(url, places()) === 'agent' && new URL(url).pathname.startsWith('/v1/'))
      signedOut();
  });
  own.on('will-download', (event, item) => {
    const from = item.getURL().replace(/^blob:/, '');
    if (!kiosk() && pageOwner(from, places()) === 'agent') return;
    event.preventDefault();
    refused('a download', from);
  });
  void own.setProxy({ mode: 'direct' });
  return own;
}
