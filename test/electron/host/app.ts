import { EventEmitter } from 'node:events';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { type HostState, hostEvent } from './host-state.ts';
import { takeInstanceLock } from './instance-lock.ts';

/** What the rest of the host needs of `app`. */
export interface HostAppParts {
  readonly state: HostState;
  /** Closes every window; false when one of them stays. */
  readonly closeWindows: () => boolean;
}

/** `app` of Electron. */
export class HostApp extends EventEmitter {
  readonly #parts: HostAppParts;
  readonly #ready = Promise.withResolvers<unknown>();
  readonly #paths = new Map<string, string>();
  #release: () => void = () => {};
  readonly isPackaged = false;
  readonly name: string;
  /** What was asked of the system, for tests. */
  readonly standIn = { loginItem: false, softwareDrawing: false, sandbox: false, relaunches: 0 };

  constructor(parts: HostAppParts) {
    super();
    this.#parts = parts;
    this.name = parts.state.packageName;
  }
  readonly commandLine = {
    appendSwitch: (_name: string, _value?: string): void => {
      // Chromium gets its switches from the host.
    },
    hasSwitch: (name: string): boolean => this.#parts.state.switches.has(name),
    getSwitchValue: (name: string): string => this.#parts.state.switches.get(name) ?? '',
  };
  /** Called by the host alone. */
  becomeReady(): void {
    this.#parts.state.ready = true;
    const event = hostEvent({});
    this.emit('ready', event, {});
    this.#ready.resolve(event);
  }
  whenReady(): Promise<unknown> {
    return this.#ready.promise;
  }
  isReady(): boolean {
    return this.#parts.state.ready;
  }
  requestSingleInstanceLock(): boolean {
    const { first, release } = takeInstanceLock(this.getPath('userData'), (argv, cwd) =>
      this.emit('second-instance', hostEvent({}), argv, cwd, undefined),
    );
    this.#release = release;
    return first;
  }
  releaseSingleInstanceLock(): void {
    this.#release();
    this.#release = () => {};
  }
  relaunch(): void {
    this.standIn.relaunches += 1;
  }
  quit(): void {
    const { state } = this.#parts;
    const event = hostEvent({});
    this.emit('before-quit', event);
    if (event.defaultPrevented) return;
    state.quitting = true;
    if (!this.#parts.closeWindows()) return;
    const last = hostEvent({});
    this.emit('will-quit', last);
    if (!last.defaultPrevented) this.exit(0);
  }
  exit(code = 0): void {
    this.#parts.state.quitting = true;
    this.emit('quit', hostEvent({}), code);
    this.#release();
    const { chromium } = this.#parts.state;
    void (chromium?.close() ?? Promise.resolve()).finally(() => process.exit(code));
  }
  getPath(name: string): string {
    const config = process.env['XDG_CONFIG_HOME'] ?? join(homedir(), '.config');
    const known: Record<string, string> = {
      home: homedir(),
      appData: config,
      userData: join(config, this.name),
      exe: process.execPath,
    };
    const path = this.#paths.get(name) ?? known[name];
    if (path === undefined) throw new Error(`Failed to get '${name}' path: not in the stand-in`);
    return path;
  }
  setPath(name: string, path: string): void {
    this.#paths.set(name, path);
  }
  getAppPath(): string {
    return this.#parts.state.appFolder;
  }
  getVersion(): string {
    return this.#parts.state.packageVersion;
  }
  getName(): string {
    return this.name;
  }
  getLocale(): string {
    return this.#parts.state.switches.get('lang') ?? 'en-US';
  }
  setAppUserModelId(_id: string): void {}
  enableSandbox(): void {
    if (this.isReady()) throw new Error('app.enableSandbox() can only be called before app is ready');
    this.standIn.sandbox = true;
  }
  disableHardwareAcceleration(): void {
    if (this.isReady()) throw new Error('app.disableHardwareAcceleration() can only be called before app is ready');
    this.standIn.softwareDrawing = true;
  }
  getLoginItemSettings(): { openAtLogin: boolean } {
    return { openAtLogin: this.standIn.loginItem };
  }
  setLoginItemSettings({ openAtLogin }: { openAtLogin: boolean }): void {
    this.standIn.loginItem = openAtLogin;
  }
}
