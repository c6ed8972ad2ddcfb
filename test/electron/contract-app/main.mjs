/** A program of its own that does what the shell relies on; started by test/electron/contract-suite.ts on each host. */
import { appendFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { app, BrowserWindow, ipcMain, Menu, utilityProcess } from 'electron/main';

const here = (name) => fileURLToPath(new URL(name, import.meta.url));
const log = (line) => appendFileSync(process.env.CONTRACT_LOG, `${line}\n`);
app.setPath('userData', process.env.CONTRACT_FOLDER);

let earlyFork = 'allowed';
try {
  utilityProcess.fork(here('utility.mjs'));
} catch {
  earlyFork = 'refused';
}

if (!app.requestSingleInstanceLock()) {
  log('second ended');
  app.quit();
} else {
  app.on('second-instance', (_event, argv) => log(`second-instance ${argv.includes('--again')}`));
  app.on('before-quit', () => log('before-quit'));
  app.on('will-quit', () => log('will-quit'));
  app.on('quit', (_event, code) => log(`quit ${code}`));
  app.on('window-all-closed', () => log('window-all-closed'));
  app.whenReady().then(() => {
    ipcMain.handle('echo', (_event, value) => value);
    ipcMain.handle(
      'kind',
      (_event, value) => `${Object.prototype.toString.call(value)} ${value instanceof Map ? value.size : ''}`,
    );
    ipcMain.handle('fail', () => {
      throw new TypeError('no');
    });
    ipcMain.handle('function', () => () => {});
    ipcMain.handle('sender', (event) => ({
      url: event.senderFrame?.url,
      isTop: event.senderFrame?.parent === null,
      isWindow: BrowserWindow.fromWebContents(event.sender) !== null,
    }));
    const window = new BrowserWindow({ show: false, webPreferences: { preload: here('preload.cjs'), sandbox: true } });
    let mayClose = false;
    window.on('close', (event) => {
      log(`close ${mayClose}`);
      if (mayClose) return;
      event.preventDefault();
      window.hide();
    });
    window.webContents.on('will-frame-navigate', (event) => {
      log(`will-frame-navigate ${event.isMainFrame}`);
      event.preventDefault();
    });
    window.webContents.setWindowOpenHandler(({ url }) => {
      log(`window-open ${url}`);
      return { action: 'deny' };
    });
    const menu = Menu.buildFromTemplate([
      { id: 'off', label: 'Off', enabled: false },
      { label: 'More', submenu: [{ id: 'inner', label: 'Inner', click: () => log('clicked inner') }] },
    ]);
    Object.assign(globalThis, {
      contract: {
        earlyFork,
        menu,
        allowClose: () => (mayClose = true),
        fork: () => utilityProcess.fork(here('utility.mjs'), ['one', 'two']),
      },
    });
    window.loadURL(new URL('page.html', import.meta.url).href);
  });
}
