import { useCallback, useEffect, useState } from 'react';
import { z } from 'zod';
import { RequestError } from '../live/request.ts';

const versions = { from: z.string(), to: z.string() };
const updatesSchema = z.object({
  way: z.enum(['self', 'package-manager', 'by-hand']),
  mode: z.enum(['automatic', 'ask', 'off']),
  phase: z.enum(['idle', 'looking', 'fetching', 'ready', 'restart', 'installing', 'proving']),
  version: z.string().nullable(),
  percent: z.number().nullable(),
  hold: z
    .discriminatedUnion('for', [
      z.object({ for: z.literal('actions'), acting: z.int(), waiting: z.int(), doubtful: z.int() }),
      z.object({ for: z.literal('agent') }),
    ])
    .nullable(),
  lookedAt: z.string().nullable(),
  problem: z.string().nullable(),
  result: z.object({ outcome: z.enum(['updated', 'not-taken', 'agent-down', 'put-back']), ...versions }).nullable(),
  canPutBack: z.boolean(),
});
const stateSchema = z.object({ version: z.string(), updates: updatesSchema });
const answerSchema = z.discriminatedUnion('ok', [
  z.object({ ok: z.literal(true), state: z.unknown() }),
  z.object({ ok: z.literal(false), code: z.string(), message: z.string(), hint: z.string().nullable() }),
]);
/** What the desktop program says of its updates. */
export type ShellUpdates = z.output<typeof stateSchema>;

/** The part of the desktop program's bridge that is about updates. */
interface UpdateBridge {
  state(): Promise<unknown>;
  onState(listener: (state: unknown) => void): () => void;
  lookForUpdates(): Promise<unknown>;
  installUpdate(): Promise<unknown>;
  putBack(): Promise<unknown>;
}
const bridgeSchema = z.custom<UpdateBridge>(
  (value) => typeof value === 'object' && value !== null && 'lookForUpdates' in value && 'onState' in value,
);

/** What can be asked of the desktop program here. */
export type UpdateRequest = 'lookForUpdates' | 'installUpdate' | 'putBack';

/** The desktop program's updates as they change, and how to ask for one; null in a browser, or where the program is older. */
export function useShellUpdates(): {
  readonly updates: ShellUpdates | null;
  /** Rejects with what the program refused. */
  readonly ask: (what: UpdateRequest) => Promise<void>;
} {
  const [updates, setUpdates] = useState<ShellUpdates | null>(null);
  const [bridge] = useState(() => bridgeSchema.safeParse(Reflect.get(window, 'fibricEdgeShell')).data ?? null);
  const take = useCallback((state: unknown) => setUpdates(stateSchema.safeParse(state).data ?? null), []);
  useEffect(() => {
    if (bridge === null) return;
    const stop = bridge.onState(take);
    void bridge.state().then((raw) => {
      const answer = answerSchema.safeParse(raw);
      if (answer.success && answer.data.ok) take(answer.data.state);
    });
    return stop;
  }, [bridge, take]);
  return {
    updates,
    async ask(what) {
      if (bridge === null) return;
      const answer = answerSchema.parse(await bridge[what]());
      if (answer.ok) take(answer.state);
      else throw new RequestError(0, answer.code, answer.message, { hint: answer.hint });
    },
  };
}
