import type { Counts } from '../verdict.ts';
import type { NoteWords, QuestionWords } from './short-texts.ts';
import type { UpdateWords } from './update-words.table.ts';

/** Every state word of a connector that the tray and notifications show; the keys are the API's. */
export const stateKeys = [
  'ok',
  'listening',
  'starting',
  'pending_auth',
  'error',
  'device_unplugged',
  'port_busy',
  'permission_denied',
  'no_reply',
  'bad_reply',
  'ambiguous_device',
  'unconfirmed_device',
  'wrong_device',
  'device_refused',
  'device_not_ready',
  'vault_unavailable',
  'auth_failed',
  'source_unreachable',
  'target_refused',
  'port_limit',
  'release_unconfirmed',
] as const;
/** One of {@link stateKeys}. */
export type StateKey = (typeof stateKeys)[number];

/** Tools that people know by a name of their own; every other one is called by its capability. */
export const toolKeys = [
  'access.unlock',
  'relay.set',
  'receipt.print',
  'label.print',
  'drawer.open',
  'display.show',
  'scale.zero',
  'scale.tare',
  'hvac.setpoint',
  'instrument.set',
] as const;
/** One of {@link toolKeys}. */
export type ToolKey = (typeof toolKeys)[number];

/** Everything the shell says in one language. */
export interface ShellWords {
  /** BCP 47. */
  readonly locale: string;
  readonly states: Readonly<Record<StateKey, string>>;
  readonly tools: Readonly<Record<ToolKey, string>>;
  readonly tray: {
    readonly open: string;
    readonly starting: string;
    readonly stopped: string;
    readonly nothingInstalled: string;
    readonly counts: (counts: Counts) => string;
    readonly problem: (name: string, state: string) => string;
    readonly andMore: (count: number) => string;
    readonly approvals: (count: number) => string;
    readonly unknowns: (count: number) => string;
    readonly secretsLocked: string;
    readonly recordDamaged: string;
    readonly connectors: string;
    readonly all: (count: number) => string;
    readonly openConnector: string;
    readonly test: string;
    readonly uninstall: string;
    readonly pause: string;
    readonly resume: string;
    readonly notPaired: string;
    readonly autostart: string;
    readonly support: string;
    readonly version: (version: string) => string;
    readonly quitDevicesStay: (windows: boolean) => string;
    readonly quitDevicesStop: (windows: boolean) => string;
    readonly leaveKiosk: string;
  };
  readonly questions: {
    readonly uninstall: (name: string) => QuestionWords;
    readonly resume: QuestionWords;
    readonly quit: (count: number) => QuestionWords;
    readonly understood: string;
    readonly inUse: (name: string) => string;
    readonly neededBy: (operators: string) => string;
    readonly failed: (name: string) => string;
  };
  readonly notes: {
    readonly approval: (name: string, tool: string, secondsLeft: number) => NoteWords;
    readonly approvals: (count: number) => NoteWords;
    readonly unknown: (name: string, tool: string) => NoteWords;
    readonly error: (name: string, state: string, hint: string) => NoteWords;
    readonly errors: (count: number, state: string) => NoteWords;
    readonly worksAgain: (name: string) => NoteWords;
    readonly newDevice: (label: string) => NoteWords;
    readonly newDevices: (count: number) => NoteWords;
    readonly help: (cause: string) => NoteWords;
    readonly more: (count: number) => NoteWords;
    readonly testPassed: (name: string) => NoteWords;
    readonly testFailed: (name: string, message: string) => NoteWords;
  };
  readonly updates: UpdateWords;
  readonly help: {
    readonly title: string;
    readonly starting: string;
    readonly whatToDo: string;
    readonly nextTry: (seconds: number) => string;
    readonly tryNow: string;
    readonly openLogs: string;
    readonly copy: string;
    readonly copied: string;
    readonly details: string;
    readonly quit: string;
    readonly windowDied: string;
    readonly reopen: string;
  };
  readonly pin: {
    readonly title: string;
    readonly ask: string;
    readonly unlock: string;
    readonly back: string;
    readonly erase: string;
    readonly noPin: string;
  };
}
