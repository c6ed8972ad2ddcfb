import { homedir } from 'node:os';
import { shell as system } from 'electron/common';
import { app, dialog, ipcMain, Menu, powerMonitor, powerSaveBlocker } from 'electron/main';
import { planAutostart } from '../autostart.ts';
import { isEntryOn, removeEntry, writeEntry } from '../autostart-entry.ts';
import { REQUEST_CHANNEL } from '../channels.ts';
import type { Desktop, DesktopListener, WindowListener } from '../desktop.ts';
import { pageOwner } from '../window-policy.ts';
import { createAppWindow } from './app-window.ts';
import { createNoteBoard } from './notes.ts';
import { createAppTray } from './tray.ts';
import { openWindowSession } from './window-session.ts';

/** Electron behind the shell's own interface. To be made after `ready`. */
export function createElectronDesktop(listener: DesktopListener & WindowListener): Desktop {
  const platform = process.platform;
  const window = createAppWindow({
    session: () => session,
    listener,
    devTools: !app.isPackaged,
  });
  const session = openWindowSession({
    places: window.places,
    kiosk: window.inKiosk,
    signedOut: listener.signedOut,
    refused: listener.refused,
  });
  const tray = createAppTray(platform, listener.tray);
  const notes = createNoteBoard(listener.noteClicked);
  const autostart = planAutostart({
    platform,
    variables: process.env,
    home: homedir(),
    executable: process.execPath,
    appFolder: app.isPackaged ? null : app.getAppPath(),
  });
  let blocker: number | null = null;
  let exiting = false;

  // Windows and Linux get no menu; macOS gets the one that makes copy and paste work.
  Menu.setApplicationMenu(
    platform === 'darwin' ? Menu.buildFromTemplate([{ role: 'appMenu' }, { role: 'editMenu' }]) : null,
  );

  ipcMain.handle(REQUEST_CHANNEL, (event, request: unknown) => {
    const { sender, senderFrame } = event;
    // Only the top page of our own window: a frame within it, or one that is gone, asks for nothing.
    const isTop = senderFrame !== null && senderFrame.parent === null && window.owns(sender);
    const owner = isTop ? pageOwner(senderFrame.url, window.places()) : 'stranger';
    return listener.request(request, owner);
  });
  app.on('second-instance', (_event, argv) => listener.shownAgain(argv));
  app.on('activate', () => listener.shownAgain([]));
  app.on('window-all-closed', () => {
    // The tray lives on without a window.
  });
  app.on('before-quit', (event) => {
    if (exiting) return;
    event.preventDefault();
    listener.quitAsked();
  });
  app.on('child-process-gone', (_event, { type, reason, exitCode, name }) => {
    // The agent is watched by whoever started it.
    if (type === 'Utility' && name === 'Fibric Edge agent') return;
    if (reason === 'clean-exit') return;
    listener.died(type === 'GPU' ? 'gpu' : 'helper', { type, reason, exitCode });
  });
  app.on('web-contents-created', (_event, contents) => {
    // Whatever else may come to be, it has no way out.
    contents.setWindowOpenHandler(() => ({ action: 'deny' }));
    contents.on('will-attach-webview', (event) => event.preventDefault());
  });
  powerMonitor.on('resume', listener.woke);

  const isLoginItem = (path: string, args: readonly string[]) =>
    app.getLoginItemSettings(platform === 'win32' ? { path, args: [...args] } : {}).openAtLogin;

  const desktop: Desktop = {
    platform,
    version: app.getVersion(),
    locale: app.getLocale(),
    window,
    setTray: tray.set,
    notify: notes.show,
    async ask({ message, detail, keep, go }) {
      const { response } = await dialog.showMessageBox({
        type: 'question',
        message,
        detail,
        buttons: [keep, go],
        defaultId: 0,
        cancelId: 0,
        noLink: true,
      });
      return response === 1;
    },
    async say(message, detail, button) {
      await dialog.showMessageBox({ type: 'warning', message, detail, buttons: [button], noLink: true });
    },
    autostart: () =>
      autostart.way === 'desktop-file' ? isEntryOn(autostart.file) : isLoginItem(autostart.path, autostart.args),
    setAutostart(on) {
      if (autostart.way === 'desktop-file') {
        if (on) writeEntry(autostart.file, autostart.content);
        else removeEntry(autostart.file);
        return;
      }
      const { path, args } = autostart;
      app.setLoginItemSettings({ openAtLogin: on, ...(platform === 'win32' ? { path, args: [...args] } : {}) });
    },
    showFolder: (path) => void system.openPath(path),
    keepAwake(on) {
      if (on) blocker ??= powerSaveBlocker.start('prevent-display-sleep');
      else if (blocker !== null) {
        powerSaveBlocker.stop(blocker);
        blocker = null;
      }
    },
    relaunch: () => app.relaunch(),
    letEnd() {
      exiting = true;
      window.letGo();
    },
    exit() {
      desktop.letEnd();
      app.exit(0);
    },
  };
  if (!app.isPackaged && process.env['FIBRIC_EDGE_TEST_SEAM'] === '1')
    Object.assign(globalThis, { fibricEdgeTestSeam: { menu: tray.menu, tray: tray.model, notes: notes.history } });
  return desktop;
}
