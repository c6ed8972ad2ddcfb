import { z } from 'zod';
import type { DeepReadonly } from './common.ts';

/** What the desktop program tells the page that it shows; plain data without a secret. No part of the HTTP API. */
export const desktopStateSchema = z.object({
  /** Of the desktop program. */
  version: z.string(),
  platform: z.string(),
  /** Full screen, with no way out but the PIN. */
  kiosk: z.boolean(),
  /** Whether it starts when this user signs in; null where that can't be set. */
  autostart: z.boolean().nullable(),
  /** Who started the agent; null while none runs. */
  agentOwner: z.enum(['system', 'shell']).nullable(),
});
/** What the desktop program tells the page. */
export type DesktopState = DeepReadonly<z.output<typeof desktopStateSchema>>;

/** How a request to the desktop program ended. */
export const desktopAnswerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), state: desktopStateSchema }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string(), hint: z.string().nullable() }),
]);

/** What the desktop program's preload gives to the page as `window.fibricEdgeShell`; a browser has no such thing. */
export interface DesktopBridge {
  readonly version: number;
  state(): Promise<unknown>;
  onState(listener: (state: unknown) => void): () => void;
  /** Signs in anew, and stays or goes to `place`. */
  signIn(place?: string): Promise<unknown>;
  restartAgent(): Promise<unknown>;
  setAutostart(on: boolean): Promise<unknown>;
  enterKiosk(): Promise<unknown>;
  leaveKiosk(): Promise<unknown>;
  showLogs(): Promise<unknown>;
  quit(): Promise<unknown>;
}
