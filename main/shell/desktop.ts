import type { Note } from './notifications.ts';
import type { PageState, RequestAnswer } from './requests.ts';
import type { TrayCommand } from './tray-item.ts';
import type { TrayModel } from './tray-menu.ts';
import type { QuestionWords } from './words/short-texts.ts';

/** A form that signs the window in: posted by the window itself, so that the ticket stands in no address and no file. */
export interface SignInForm {
  /** `http://127.0.0.1:PORT/sign-in` */
  readonly action: string;
  readonly ticket: string;
}

/** The shell's own pages. */
export type OwnPage = 'help' | 'pin';

/** The one window. */
export interface ShellWindow {
  /** Signs in and goes to `place`; resolves when that page is there. Rejects when it can't be loaded. */
  showAgentPage(form: SignInForm, place: string): Promise<void>;
  /** Goes to another place of the page that is signed in already. */
  goTo(place: string): Promise<void>;
  showOwnPage(page: OwnPage): Promise<void>;
  show(): void;
  hide(): void;
  isVisible(): boolean;
  isFocused(): boolean;
  /** The path of the agent's page that is shown; null at the shell's own pages. */
  place(): string | null;
  setKiosk(on: boolean): void;
  reload(): void;
  /** Throws the window away, with what hangs in it; the next thing to show makes a new one. */
  recreate(): void;
  /** Tells the page, whichever it is. */
  tell(state: PageState): void;
}

/** What the window and its pages report. */
export interface WindowListener {
  /** A page asks; only requests that are well formed and may be asked from there get here. */
  readonly request: (request: unknown, sender: 'agent' | 'shell' | 'stranger') => Promise<RequestAnswer>;
  /** The agent no longer takes the window's session. */
  readonly signedOut: () => void;
  readonly died: (what: 'page' | 'gpu' | 'helper', facts: Readonly<Record<string, string | number>>) => void;
  readonly unresponsive: () => void;
  readonly visibilityChanged: () => void;
  /** The keys that ask for the PIN page. */
  readonly unlockKeys: () => void;
  /** Something the policy of the window refused; for the record. */
  readonly refused: (what: string, address: string) => void;
}

/** All that the shell needs of Electron. Data in, events out: the rest of the shell runs without it. */
export interface Desktop {
  readonly platform: NodeJS.Platform;
  readonly version: string;
  readonly locale: string;
  readonly window: ShellWindow;
  setTray(model: TrayModel): void;
  notify(note: Note): void;
  /** Asks with two answers, the safe one as the default; true for the other. */
  ask(question: QuestionWords): Promise<boolean>;
  /** Says something that needs no answer but "read". */
  say(message: string, detail: string, button: string): Promise<void>;
  /** Null where this system can't. */
  autostart(): boolean | null;
  setAutostart(on: boolean): void;
  showFolder(path: string): void;
  /** While on, the screen stays awake. */
  keepAwake(on: boolean): void;
  /** Starts the program that lies in this one's place, as this one was started, once this one has ended. */
  relaunch(): void;
  /** From now on the program may be ended by the system's own updater. */
  letEnd(): void;
  /** Ends the program, now. */
  exit(): void;
}

/** What the desktop reports beside its window. */
export interface DesktopListener {
  readonly tray: (command: TrayCommand) => void;
  readonly noteClicked: (place: string) => void;
  /** The program was started once more, or its icon was clicked. */
  readonly shownAgain: (argv: readonly string[]) => void;
  readonly woke: () => void;
  /** The program is asked to end (by the system, or from its own menu). */
  readonly quitAsked: () => void;
}
