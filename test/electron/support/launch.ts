import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { _electron, type ElectronApplication, type Page } from 'playwright';
import type { Note } from '../../../main/shell/notifications.ts';
import type { TrayModel } from '../../../main/shell/tray-menu.ts';

/** The built project: its `package.json` names the shell's main process. */
export const root = join(import.meta.dirname, '..', '..', '..');

/** What a test runs on. A green run on the stand-in says that the program's logic works, never that it works in Electron. */
export interface Host {
  readonly name: 'stand-in' | 'electron';
  /** The folder with the executable; null where the package's own is used. */
  readonly dist: string | null;
}

/** Debian's Chromium, in the stand-in for Electron. */
export const standIn: Host = { name: 'stand-in', dist: join(root, 'test', 'electron', 'host') };
/** Whether the stand-in can run, and why not. */
export const standInMissing = existsSync(process.env['CHROMIUM'] ?? '/usr/bin/chromium')
  ? null
  : 'chromium is not installed';

/** The true binary: installed in `node_modules`, or the folder that `ELECTRON_REAL_DIST` names. */
export function realElectron(): { readonly host: Host } | { readonly missing: string } {
  const given = process.env['ELECTRON_REAL_DIST'];
  if (given !== undefined && given !== '') return { host: { name: 'electron', dist: given } };
  const folder = dirname(createRequire(import.meta.url).resolve('electron/package.json'));
  return existsSync(join(folder, 'path.txt'))
    ? { host: { name: 'electron', dist: null } }
    : { missing: 'the electron binary is not installed: npx install-electron --no, or ELECTRON_REAL_DIST=FOLDER' };
}

/** What a start of the program is given. */
export interface LaunchOptions {
  readonly host: Host;
  readonly dataDir: string;
  /** The folder of the shell's own settings, and of everything else that is this user's. */
  readonly home: string;
  readonly args?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  /** Where the stand-in writes down each connection. */
  readonly netLog?: string;
}

function environmentOf({ home, environment, netLog }: LaunchOptions): Record<string, string> {
  const inherited = Object.fromEntries(
    Object.entries(process.env).filter((entry): entry is [string, string] => entry[1] !== undefined),
  );
  return {
    ...inherited,
    HOME: home,
    XDG_CONFIG_HOME: join(home, 'config'),
    STAND_IN_NODE: process.execPath,
    FIBRIC_EDGE_TEST_SEAM: '1',
    ...(netLog === undefined ? {} : { STAND_IN_NET_LOG: netLog }),
    ...environment,
  };
}

function argumentsOf({ dataDir, home, args = [] }: LaunchOptions): string[] {
  return [root, '--data', dataDir, `--user-data-dir=${join(home, 'shell')}`, ...args];
}

/** The executable of a host. */
export function executableOf({ dist }: Host): string {
  return dist === null ? createRequire(import.meta.url)('electron') : join(dist, 'electron');
}

/** How a second start of the same program is made: the executable itself, without the driver. */
export function commandOf(options: LaunchOptions): { command: string; args: string[]; env: Record<string, string> } {
  chooseHost(options.host);
  return {
    command: executableOf(options.host),
    args: [...(process.getuid?.() === 0 ? ['--no-sandbox'] : []), ...argumentsOf(options)],
    env: environmentOf(options),
  };
}

/** From now on the driver starts this host's executable. */
export function chooseHost({ dist }: Host): void {
  // Read by electron's own index.js, which the driver asks for the executable.
  if (dist === null) delete process.env['ELECTRON_OVERRIDE_DIST_PATH'];
  else process.env['ELECTRON_OVERRIDE_DIST_PATH'] = dist;
}

/** The program as it runs, through its own seam: the tray as it was set last, and what was shown. */
export interface RunningShell {
  readonly app: ElectronApplication;
  tray(): Promise<TrayModel | null>;
  /** Clicks a line of the menu, as the desktop does. */
  click(id: string): Promise<void>;
  notes(): Promise<readonly Note[]>;
  /** What the next questions are answered with: 0 is the safe answer. Resolves with those that were asked so far. */
  answerQuestions(response: number): Promise<void>;
  questions(): Promise<
    readonly { readonly message: string; readonly detail: string; readonly buttons: readonly string[] }[]
  >;
  /** The window, as Electron tells of it. */
  window(): Promise<{ readonly url: string; readonly visible: boolean; readonly kiosk: boolean } | null>;
  page(): Promise<Page>;
  close(): Promise<void>;
}

interface Seam {
  readonly menu: () => { getMenuItemById(id: string): { click(): void } | null } | null;
  readonly tray: () => TrayModel | null;
  readonly notes: () => readonly Note[];
}
declare global {
  var fibricEdgeTestSeam: Seam | undefined;
  var fibricEdgeQuestions: { message: string; detail: string; buttons: string[] }[] | undefined;
}

/** Starts the program under the driver; resolves when its main process runs. */
export async function launchShell(options: LaunchOptions): Promise<RunningShell> {
  chooseHost(options.host);
  const app = await _electron.launch({
    args: argumentsOf(options),
    cwd: options.home,
    env: environmentOf(options),
    timeout: 120_000,
  });
  return {
    app,
    tray: () => app.evaluate(() => globalThis.fibricEdgeTestSeam?.tray() ?? null),
    async click(id) {
      const found = await app.evaluate((_electronModule, wanted) => {
        const item = globalThis.fibricEdgeTestSeam?.menu()?.getMenuItemById(wanted) ?? null;
        // Not in this call: what is clicked may end the program.
        if (item !== null) setImmediate(() => item.click());
        return item !== null;
      }, id);
      if (!found) throw new Error(`The tray has no ${id}.`);
    },
    notes: () => app.evaluate(() => globalThis.fibricEdgeTestSeam?.notes() ?? []),
    answerQuestions: (response) =>
      app.evaluate(({ dialog }, answer) => {
        globalThis.fibricEdgeQuestions = [];
        dialog.showMessageBox = async (...given: unknown[]) => {
          const asked = given.at(-1) as { message: string; detail?: string; buttons?: string[] };
          globalThis.fibricEdgeQuestions?.push({
            message: asked.message,
            detail: asked.detail ?? '',
            buttons: asked.buttons ?? [],
          });
          return { response: Math.min(answer, (asked.buttons?.length ?? 1) - 1), checkboxChecked: false };
        };
      }, response),
    questions: () => app.evaluate(() => globalThis.fibricEdgeQuestions ?? []),
    window: () =>
      app.evaluate(({ BrowserWindow }) => {
        const [window] = BrowserWindow.getAllWindows();
        return window === undefined
          ? null
          : { url: window.webContents.getURL(), visible: window.isVisible(), kiosk: window.isKiosk() };
      }),
    page: () => app.firstWindow({ timeout: 60_000 }),
    close: () => app.close(),
  };
}
