import { z } from 'zod';
import type { DesktopState } from '../api/schemas/index.ts';
import type { UpdateFacts } from './updates/update-facts.ts';
import { placeSchema } from './window-policy.ts';

/** What a page may ask for. Everything that a browser can't do by itself, and nothing else. */
export const requestSchema = z.discriminatedUnion('ask', [
  z.strictObject({ ask: z.literal('state') }),
  z.strictObject({ ask: z.literal('sign-in'), place: placeSchema.optional() }),
  z.strictObject({ ask: z.literal('retry') }),
  z.strictObject({ ask: z.literal('restart-agent') }),
  z.strictObject({ ask: z.literal('set-autostart'), on: z.boolean() }),
  z.strictObject({ ask: z.literal('enter-kiosk') }),
  z.strictObject({ ask: z.literal('leave-kiosk') }),
  z.strictObject({ ask: z.literal('unlock'), pin: z.string().min(1).max(100) }),
  z.strictObject({ ask: z.literal('back') }),
  z.strictObject({ ask: z.literal('look-for-updates') }),
  z.strictObject({ ask: z.literal('install-update') }),
  z.strictObject({ ask: z.literal('put-back') }),
  z.strictObject({ ask: z.literal('show-logs') }),
  z.strictObject({ ask: z.literal('quit') }),
]);
/** One request. */
export type ShellRequest = z.output<typeof requestSchema>;

/** Which page may ask for what: the agent's own page, and the shell's help and PIN pages. */
const rights: Readonly<Record<ShellRequest['ask'], readonly ('agent' | 'shell')[]>> = {
  state: ['agent', 'shell'],
  'sign-in': ['agent', 'shell'],
  retry: ['shell'],
  'restart-agent': ['agent', 'shell'],
  'set-autostart': ['agent'],
  'enter-kiosk': ['agent'],
  'leave-kiosk': ['agent', 'shell'],
  // The PIN is typed into the shell's own page alone, where no page of the agent can see it.
  unlock: ['shell'],
  back: ['shell'],
  'look-for-updates': ['agent'],
  'install-update': ['agent', 'shell'],
  // Where it is needed most there is no page of the agent.
  'put-back': ['agent', 'shell'],
  'show-logs': ['agent', 'shell'],
  quit: ['agent', 'shell'],
};

/** Whether this kind of page may ask for that. */
export function mayAsk(page: 'agent' | 'shell' | 'stranger', { ask }: ShellRequest): boolean {
  return page !== 'stranger' && rights[ask].includes(page);
}

/** What a page is told of the shell; plain data without a secret. */
export interface PageState extends DesktopState {
  readonly updates: UpdateFacts;
  /** What the way back to the version before is called; null where there is none. */
  readonly putBack: string | null;
  /** What the shell's own pages show; null while the window is at the agent's. */
  readonly help: HelpState | null;
  /** The labels of the shell's own pages, in the language of the desktop. */
  readonly words: {
    readonly locale: string;
    readonly help: Readonly<Record<string, string>>;
    readonly pin: Readonly<Record<string, string>>;
  };
}

/** The text of the help page. */
export interface HelpState {
  readonly kind: 'starting' | 'stopped' | 'window-died';
  readonly title: string;
  readonly message: string;
  readonly hint: string | null;
  readonly code: string | null;
  readonly lastLines: readonly string[];
  readonly nextTry: string | null;
}

/** How a request ended. */
export type RequestAnswer =
  | { readonly ok: true; readonly state: PageState }
  | { readonly ok: false; readonly code: string; readonly message: string; readonly hint: string | null };
