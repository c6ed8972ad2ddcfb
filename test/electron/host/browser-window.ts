import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { type HostState, hostEvent, needsReady } from './host-state.ts';
import { WebContents } from './web-contents.ts';
import { type HostSession, sessionModule } from './window-session.ts';

interface WindowOptions {
  readonly show?: boolean;
  readonly kiosk?: boolean;
  readonly webPreferences?: {
    readonly preload?: string;
    readonly session?: HostSession;
    readonly sandbox?: boolean;
    readonly contextIsolation?: boolean;
    readonly nodeIntegration?: boolean;
  };
}

/** Makes `BrowserWindow` of Electron. What a window looks like on the screen is not in this host, only what it says of itself. */
export function makeBrowserWindow(
  state: HostState,
  onContents: (contents: WebContents) => void,
  onAllClosed: () => void,
) {
  const windows = new Set<BrowserWindow>();

  class BrowserWindow extends EventEmitter {
    readonly webContents: WebContents;
    readonly id: number;
    /** As it was asked for, for tests. */
    readonly standInOptions: WindowOptions;
    #visible: boolean;
    #focused = false;
    #minimized = false;
    #kiosk: boolean;
    #destroyed = false;

    constructor(options: WindowOptions = {}) {
      super();
      needsReady(state, 'BrowserWindow');
      const { preload, session, sandbox, contextIsolation, nodeIntegration } = options.webPreferences ?? {};
      if (sandbox === false || contextIsolation === false || nodeIntegration === true)
        throw new Error('This host has only windows with a sandbox and an isolated world.');
      this.standInOptions = options;
      this.#visible = options.show !== false;
      this.#kiosk = options.kiosk === true;
      this.webContents = new WebContents(
        state,
        session ?? sessionModule.defaultSession,
        preload === undefined ? null : readFileSync(preload, 'utf8'),
      );
      this.id = this.webContents.id;
      windows.add(this);
      this.webContents.on('close-asked', () => this.close());
      onContents(this.webContents);
    }

    static getAllWindows = (): BrowserWindow[] => [...windows];
    static fromWebContents = (contents: WebContents): BrowserWindow | null =>
      [...windows].find((window) => window.webContents === contents) ?? null;
    static getFocusedWindow = (): BrowserWindow | null => [...windows].find((window) => window.isFocused()) ?? null;

    loadURL(url: string, options?: object): Promise<void> {
      return this.webContents.loadURL(url, options);
    }
    show(): void {
      const was = this.#visible;
      this.#visible = true;
      if (!was) this.emit('show');
      this.focus();
    }
    hide(): void {
      if (!this.#visible) return;
      this.#visible = false;
      this.#focused = false;
      this.emit('hide');
    }
    focus(): void {
      if (this.#focused || !this.#visible) return;
      this.#focused = true;
      this.emit('focus');
    }
    minimize(): void {
      this.#minimized = true;
      this.#focused = false;
      this.emit('minimize');
    }
    restore(): void {
      this.#minimized = false;
      this.emit('restore');
    }
    isVisible(): boolean {
      return this.#visible;
    }
    isFocused(): boolean {
      return this.#focused;
    }
    isMinimized(): boolean {
      return this.#minimized;
    }
    isDestroyed(): boolean {
      return this.#destroyed;
    }
    setKiosk(on: boolean): void {
      this.#kiosk = on;
    }
    isKiosk(): boolean {
      return this.#kiosk;
    }
    removeMenu(): void {
      // There is no menu bar to be seen here.
    }
    close(): void {
      if (this.#destroyed) return;
      const event = hostEvent({});
      this.emit('close', event);
      if (event.defaultPrevented) {
        state.quitting = false;
        return;
      }
      this.destroy();
    }
    destroy(): void {
      if (this.#destroyed) return;
      this.#destroyed = true;
      windows.delete(this);
      this.webContents.destroyed();
      this.emit('closed');
      if (windows.size === 0 && !state.quitting) onAllClosed();
    }
  }
  return BrowserWindow;
}
