/** Runs in each page of the window, sandboxed and in a world of its own: the page gets these functions and nothing else. */
import { contextBridge, ipcRenderer } from 'electron/renderer';
import { REQUEST_CHANNEL, STATE_CHANNEL } from '../channels.ts';

const ask = (request: object): Promise<unknown> => ipcRenderer.invoke(REQUEST_CHANNEL, request);

contextBridge.exposeInMainWorld('fibricEdgeShell', {
  version: 1,
  state: () => ask({ ask: 'state' }),
  onState(listener: (state: unknown) => void): () => void {
    const relay = (_event: unknown, state: unknown) => listener(state);
    ipcRenderer.on(STATE_CHANNEL, relay);
    return () => ipcRenderer.removeListener(STATE_CHANNEL, relay);
  },
  signIn: (place?: string) => ask(place === undefined ? { ask: 'sign-in' } : { ask: 'sign-in', place }),
  retry: () => ask({ ask: 'retry' }),
  restartAgent: () => ask({ ask: 'restart-agent' }),
  setAutostart: (on: boolean) => ask({ ask: 'set-autostart', on }),
  enterKiosk: () => ask({ ask: 'enter-kiosk' }),
  leaveKiosk: () => ask({ ask: 'leave-kiosk' }),
  unlock: (pin: string) => ask({ ask: 'unlock', pin }),
  back: () => ask({ ask: 'back' }),
  lookForUpdates: () => ask({ ask: 'look-for-updates' }),
  installUpdate: () => ask({ ask: 'install-update' }),
  putBack: () => ask({ ask: 'put-back' }),
  showLogs: () => ask({ ask: 'show-logs' }),
  quit: () => ask({ ask: 'quit' }),
});
