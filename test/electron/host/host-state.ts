import type { Chromium } from './chromium.ts';

/** What the parts of the host share. */
export interface HostState {
  readonly appFolder: string;
  readonly packageName: string;
  readonly packageVersion: string;
  /** Switches of the command line, without their dashes. */
  readonly switches: ReadonlyMap<string, string>;
  chromium: Chromium | null;
  ready: boolean;
  quitting: boolean;
  /** Writes down where something connects to, where the test asked for it. */
  readonly logConnection: (who: string, address: string) => void;
}

/** An event that a listener may hold back. */
export interface HostEvent {
  readonly defaultPrevented: boolean;
  preventDefault(): void;
}

/** Makes an event that carries `facts`. */
export function hostEvent<Facts extends object>(facts: Facts): HostEvent & Facts {
  let prevented = false;
  return Object.defineProperties(
    {
      ...facts,
      preventDefault() {
        prevented = true;
      },
    },
    { defaultPrevented: { get: () => prevented } },
  ) as HostEvent & Facts;
}

/** Fails by name before the program is ready, as Electron does. */
export function needsReady(state: HostState, what: string): void {
  if (!state.ready) throw new Error(`Cannot create ${what} before app is ready`);
}
