import { useSyncExternalStore } from 'react';
import { RequestError } from '../live/request.ts';
import { type DesktopBridge, type DesktopState, desktopAnswerSchema, desktopStateSchema } from '../live/wire.ts';

/** What only the desktop program can do. Each rejects with a {@link RequestError} that says why it was not done. */
export interface Shell {
  signIn(place: string): Promise<void>;
  restartAgent(): Promise<void>;
  setAutostart(on: boolean): Promise<void>;
  enterKiosk(): Promise<void>;
  /** Asks for the PIN, on a page that no page of the agent can see. */
  leaveKiosk(): Promise<void>;
  showLogs(): Promise<void>;
  quit(): Promise<void>;
}

/** The version of the bridge that this page speaks. */
const SPOKEN_VERSION = 1;

declare global {
  interface Window {
    readonly fibricEdgeShell?: DesktopBridge;
  }
}

/** The desktop program around this page; null in a browser, or where it speaks another version. */
export const shell: Shell | null = findShell();

let state: DesktopState | null = null;
const listeners = new Set<() => void>();

function note(next: unknown): void {
  const parsed = desktopStateSchema.safeParse(next);
  if (!parsed.success || JSON.stringify(parsed.data) === JSON.stringify(state)) return;
  state = parsed.data;
  for (const listener of listeners) listener();
}

/** How the desktop program is at the moment; null in a browser, and until it has said so. */
export function useShell(): DesktopState | null {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => state,
  );
}

function findShell(): Shell | null {
  const bridge = window.fibricEdgeShell;
  if (bridge === undefined || bridge.version !== SPOKEN_VERSION) return null;
  const ask = async (answering: Promise<unknown>): Promise<void> => {
    const answer = desktopAnswerSchema.parse(await answering);
    if (!answer.ok) throw new RequestError(0, answer.code, answer.message, { hint: answer.hint });
    note(answer.state);
  };
  bridge.onState(note);
  // A desktop program that does not answer is as none: the page works without it.
  queueMicrotask(() => void ask(bridge.state()).catch(() => {}));
  return {
    signIn: (place) => ask(bridge.signIn(place)),
    restartAgent: () => ask(bridge.restartAgent()),
    setAutostart: (on) => ask(bridge.setAutostart(on)),
    enterKiosk: () => ask(bridge.enterKiosk()),
    leaveKiosk: () => ask(bridge.leaveKiosk()),
    showLogs: () => ask(bridge.showLogs()),
    quit: () => ask(bridge.quit()),
  };
}
