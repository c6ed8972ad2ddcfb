import { fileURLToPath } from 'node:url';
import { BrowserWindow, type Input, type Session, type WebContents } from 'electron/main';
import { AgentError } from '../../../drivers/kit/index.ts';
import { STATE_CHANNEL } from '../channels.ts';
import type { OwnPage, ShellWindow, SignInForm, WindowListener } from '../desktop.ts';
import { isKioskKey, isUnlockKey } from '../kiosk-keys.ts';
import { mayNavigate, type OwnPlaces, pageOwner } from '../window-policy.ts';
import { appIcon } from './tray-icon.ts';

/** The window with what only its neighbours in Electron need of it. */
export interface AppWindow extends ShellWindow {
  places(): OwnPlaces;
  inKiosk(): boolean;
  /** Whether these contents are the window's own. */
  owns(contents: WebContents): boolean;
  /** From now on closing closes. */
  letGo(): void;
}

/** What the window is made with. */
export interface AppWindowParts {
  readonly session: () => Session;
  readonly listener: WindowListener;
  /** Tools for developers, in a program that is not packaged only. */
  readonly devTools: boolean;
}

const pages = new URL('../pages/', import.meta.url);
const preload = fileURLToPath(new URL('./preload.cjs', import.meta.url));
const SIGN_IN_MS = 20_000;

/** The one window of the program; made when it is first needed. */
export function createAppWindow({ session, listener, devTools }: AppWindowParts): AppWindow {
  let window: BrowserWindow | null = null;
  let agentOrigin: string | null = null;
  let kiosk = false;
  let closing = false;
  const places = (): OwnPlaces => ({ agentOrigin, pagesUrl: pages.href });

  const ensure = (): BrowserWindow => {
    if (window !== null && !window.isDestroyed()) return window;
    const made = new BrowserWindow({
      width: 1280,
      height: 800,
      minWidth: 360,
      minHeight: 480,
      show: false,
      kiosk,
      title: 'Fibric Edge',
      icon: appIcon(),
      autoHideMenuBar: true,
      webPreferences: {
        preload,
        session: session(),
        sandbox: true,
        contextIsolation: true,
        nodeIntegration: false,
        webviewTag: false,
        // The dictionaries would be fetched from the Internet.
        spellcheck: false,
        devTools,
      },
    });
    window = made;
    made.removeMenu();
    made.on('close', (event) => {
      if (closing) return;
      event.preventDefault();
      if (!kiosk) made.hide();
    });
    made.on('closed', () => {
      if (window === made) window = null;
    });
    for (const change of ['show', 'hide'] as const) made.on(change as 'show', () => listener.visibilityChanged());
    made.on('unresponsive', () => listener.unresponsive());
    guard(made.webContents);
    return made;
  };

  const guard = (contents: WebContents) => {
    const deny = (event: { preventDefault(): void }, what: string, address: string) => {
      event.preventDefault();
      listener.refused(what, address);
    };
    contents.setWindowOpenHandler(({ url }) => {
      listener.refused('opening a window', url);
      return { action: 'deny' };
    });
    contents.on('will-frame-navigate', (event) => {
      if (!event.isMainFrame) deny(event, 'a page within the page', event.url);
      else if (!mayNavigate(contents.getURL(), event.url, places())) deny(event, 'going elsewhere', event.url);
    });
    contents.on('will-redirect', (event) => {
      if (pageOwner(event.url, places()) !== 'agent') deny(event, 'being sent elsewhere', event.url);
    });
    contents.on('will-attach-webview', (event) => event.preventDefault());
    contents.on('render-process-gone', (_event, { reason, exitCode }) => {
      if (reason !== 'clean-exit') listener.died('page', { reason, exitCode });
    });
    contents.on('before-input-event', (event, input: Input) => {
      if (!kiosk || input.type !== 'keyDown') return;
      if (isUnlockKey(input)) {
        event.preventDefault();
        listener.unlockKeys();
      } else if (!isKioskKey(input)) event.preventDefault();
    });
  };

  /** Resolves with the status when the main frame has got to an address that fits. */
  const arrives = (contents: WebContents, fits: (address: URL, status: number) => boolean): Promise<number> => {
    const { promise, resolve, reject } = Promise.withResolvers<number>();
    const arrived = (_event: unknown, address: string, status: number) => {
      const url = URL.parse(address);
      if (url !== null && fits(url, status)) resolve(status);
    };
    const failed = (_event: unknown, code: number, text: string, _url: string, isMainFrame: boolean) => {
      // -3 (ERR_ABORTED): the next page has taken over.
      if (isMainFrame && code !== -3) reject(notShown(text));
    };
    const timer = setTimeout(() => reject(notShown(`nothing within ${SIGN_IN_MS} ms`)), SIGN_IN_MS);
    contents.on('did-navigate', arrived);
    contents.on('did-fail-load', failed);
    return promise.finally(() => {
      clearTimeout(timer);
      if (contents.isDestroyed()) return;
      contents.off('did-navigate', arrived);
      contents.off('did-fail-load', failed);
    });
  };

  const go = async (place: string): Promise<void> => {
    const { webContents } = ensure();
    const arrived = arrives(webContents, ({ origin }) => origin === agentOrigin);
    webContents.loadURL(`${agentOrigin}${place}`).catch(() => {});
    // An agent of another version may not know this place; its start page it knows.
    if ((await arrived) === 404 && place !== '/') await go('/');
  };

  return {
    places,
    inKiosk: () => kiosk,
    owns: (contents) => window !== null && !window.isDestroyed() && window.webContents === contents,
    letGo() {
      closing = true;
    },
    async showAgentPage({ action, ticket }: SignInForm, place) {
      const { webContents } = ensure();
      const { origin, pathname } = new URL(action);
      agentOrigin = origin;
      const signedIn = arrives(
        webContents,
        (url, status) => url.origin === origin && (url.pathname !== pathname || status >= 400),
      );
      webContents
        .loadURL(action, {
          postData: [{ type: 'rawData', bytes: Buffer.from(`ticket=${encodeURIComponent(ticket)}`) }],
          extraHeaders: 'Content-Type: application/x-www-form-urlencoded\n',
        })
        .catch(() => {});
      const status = await signedIn;
      if (status >= 400) throw notShown(`status ${status}`);
      if (place !== '/') await go(place);
    },
    goTo: go,
    async showOwnPage(page: OwnPage) {
      await ensure().loadURL(new URL(`${page}.html`, pages).href);
    },
    show() {
      const shown = ensure();
      if (shown.isMinimized()) shown.restore();
      shown.show();
      shown.focus();
    },
    hide: () => window?.hide(),
    isVisible: () => window !== null && !window.isDestroyed() && window.isVisible() && !window.isMinimized(),
    isFocused: () => window !== null && !window.isDestroyed() && window.isFocused(),
    place() {
      if (window === null || window.isDestroyed()) return null;
      const address = window.webContents.getURL();
      if (pageOwner(address, places()) !== 'agent') return null;
      const { pathname, search } = new URL(address);
      return pathname === '/sign-in' ? null : `${pathname}${search}`;
    },
    setKiosk(on) {
      kiosk = on;
      if (window === null || window.isDestroyed()) return;
      window.setKiosk(on);
    },
    reload: () => window?.webContents.reload(),
    recreate() {
      const old = window;
      window = null;
      old?.destroy();
    },
    tell(state) {
      if (window === null || window.isDestroyed()) return;
      const { webContents } = window;
      if (pageOwner(webContents.getURL(), places()) !== 'stranger') webContents.send(STATE_CHANNEL, state);
    },
  };
}

function notShown(why: string): AgentError {
  return new AgentError('agent_unreachable', `The agent's page could not be shown: ${why}.`, { hint: 'Try again.' });
}
