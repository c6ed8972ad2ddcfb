/**
 * A stand-in for the electron executable: the program's real main process in this Node, its real preload and pages in
 * Debian's Chromium. It answers to the switches that Playwright starts Electron with. What it does not show is in
 * docs/release-checklist.md.
 */
import { EventEmitter } from 'node:events';
import { readFileSync } from 'node:fs';
import { createRequire, registerHooks } from 'node:module';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { HostApp } from './app.ts';
import { makeBrowserWindow } from './browser-window.ts';
import { startChromium } from './chromium.ts';
import { type HostState, hostEvent } from './host-state.ts';
import { ipcMain } from './ipc-main.ts';
import { Menu, makeTrayAndNotification, nativeImage } from './menu-and-tray.ts';
import { netModule } from './net-request.ts';
import { logConnection, watchConnections } from './net-watch.ts';
import { closeOpenedWindows } from './opened-windows.ts';
import { makeUtilityProcess } from './utility-process.ts';
import { WebContents } from './web-contents.ts';
import { sessionModule } from './window-session.ts';

const own = fileURLToPath(import.meta.url);
// As Electron's: the executable, then what it was given.
process.argv.splice(0, 2, join(dirname(own), 'electron'));
const args = process.argv.slice(1);
const preloads = args.flatMap((argument, index) => (argument === '-r' ? [args[index + 1] ?? ''] : []));
const appFolder = resolve(args.find((argument, index) => !argument.startsWith('-') && args[index - 1] !== '-r') ?? '.');
const manifest: { main: string; name: string; version: string } = JSON.parse(
  readFileSync(join(appFolder, 'package.json'), 'utf8'),
);
const { version } = createRequire(import.meta.url)('electron/package.json') as { version: string };
Object.defineProperty(process, 'type', { value: 'browser' });
Object.defineProperty(process.versions, 'electron', { value: version });

const state: HostState = {
  appFolder,
  packageName: manifest.name,
  packageVersion: manifest.version,
  switches: new Map(
    args
      .filter((argument) => argument.startsWith('--'))
      .map((argument) => {
        const [name = '', ...value] = argument.slice(2).split('=');
        return [name, value.join('=')] as const;
      }),
  ),
  chromium: null,
  ready: false,
  quitting: false,
  logConnection,
};

const BrowserWindow = makeBrowserWindow(
  state,
  (contents) => {
    app.emit('web-contents-created', hostEvent({}), contents);
    contents.on('render-process-gone', (_event, details) =>
      app.emit('render-process-gone', hostEvent({}), contents, details),
    );
  },
  () => {
    if (app.listenerCount('window-all-closed') === 0) app.quit();
    else app.emit('window-all-closed');
  },
);
const app = new HostApp({
  state,
  closeWindows() {
    for (const window of BrowserWindow.getAllWindows()) {
      window.close();
      if (!window.isDestroyed()) return false;
    }
    return true;
  },
});
const { Tray, Notification } = makeTrayAndNotification(state);
let lastBlocker = 0;
const blockers = new Set<number>();
const opened: string[] = [];

/** Everything there is; what is not fails by name, at import or at use. */
const electron: Record<string, unknown> = {
  app,
  BrowserWindow,
  Menu,
  Notification,
  Tray,
  dialog: {
    // The safe answer, until a test puts another one here.
    showMessageBox: async ({ cancelId = 0 }: { cancelId?: number }) => ({ response: cancelId, checkboxChecked: false }),
  },
  ipcMain,
  nativeImage,
  autoUpdater: new EventEmitter(),
  net: netModule,
  nativeTheme: Object.assign(new EventEmitter(), {
    shouldUseDarkColors: false,
    shouldUseDarkColorsForSystemIntegratedUI: true,
  }),
  powerMonitor: new EventEmitter(),
  powerSaveBlocker: {
    start: () => {
      lastBlocker += 1;
      blockers.add(lastBlocker);
      return lastBlocker;
    },
    stop: (id: number) => blockers.delete(id),
    isStarted: (id: number) => blockers.has(id),
  },
  session: sessionModule,
  shell: {
    standInOpened: opened,
    openPath: async (path: string) => {
      opened.push(path);
      return '';
    },
  },
  utilityProcess: makeUtilityProcess(state, (details) => app.emit('child-process-gone', hostEvent({}), details)),
  webContents: WebContents,
};
const strict = new Proxy(electron, {
  get(target, name) {
    if (typeof name === 'symbol' || name in target || name === 'then' || name === 'default')
      return Reflect.get(target, name);
    throw new Error(`electron.${name} is not in the stand-in.`);
  },
});
Object.defineProperty(globalThis, Symbol.for('electron-stand-in'), { value: strict });

// `import` gets names, `require` the object itself.
const names = Object.keys(electron).map((name) => `export const ${name} = electron.${name};`);
const source = {
  module: `const electron = globalThis[Symbol.for('electron-stand-in')]; export default electron; ${names.join(' ')}`,
  commonjs: "module.exports = globalThis[Symbol.for('electron-stand-in')];",
};
const specifiers = new Set(['electron', 'electron/main', 'electron/common']);
registerHooks({
  resolve(specifier, context, next) {
    if (!specifiers.has(specifier)) return next(specifier, context);
    const format = context.conditions.includes('import') ? 'module' : 'commonjs';
    return { url: `stand-in:${format}`, format, shortCircuit: true };
  },
  load(url, context, next) {
    if (!url.startsWith('stand-in:')) return next(url, context);
    const format = url === 'stand-in:module' ? 'module' : 'commonjs';
    return { format, source: source[format], shortCircuit: true };
  },
});

watchConnections('main');
for (const signal of ['SIGTERM', 'SIGINT'] as const) process.on(signal, () => app.quit());
for (const preload of preloads) createRequire(import.meta.url)(preload);
await import(pathToFileURL(join(appFolder, manifest.main)).href);
if (!state.quitting) {
  state.chromium = await startChromium((line) => process.stderr.write(`${line}\n`));
  const { cdp } = state.chromium;
  void cdp.closed.then(() => {
    if (!state.quitting) app.exit(1);
  });
  closeOpenedWindows(cdp);
  await cdp.send('Target.setDiscoverTargets', { discover: true });
  app.becomeReady();
}
