import type { Approval } from '../approvals/approval.ts';
import type { Caller } from '../caller.ts';
import type { EffectResult } from '../calls/call-terms.ts';
import type { Policy } from '../policy/policy-terms.ts';
import { type Bench, nextEvent, type SetOptions } from './bench.ts';

/** A program with a token. */
export const till: Caller = { id: 'tok_1', kind: 'token', name: 'till' };
/** A person at the window. */
export const window: Caller = { id: 'window', kind: 'window', name: 'window' };
/** A person is asked each time. */
export const confirm: Policy = { default: 'confirm', tools: {} };

/** Lets everything run that waits for nothing but its turn. */
export async function turnsOfTheLoop(): Promise<void> {
  for (let turn = 0; turn < 5; turn += 1) await new Promise(setImmediate);
}

/** How tests of approvals ask, on the bench and connector of the moment. */
export function createAsking(place: () => { readonly bench: Bench; readonly id: string }) {
  const set = (args: Parameters<Bench['set']>[1], options: Partial<SetOptions>) =>
    place().bench.set(place().id, args, { caller: till, ...options });
  /** Starts a call and resolves when a person is asked, with what they are shown. */
  const ask = async (
    args: Parameters<Bench['set']>[1],
    options: Partial<SetOptions> = {},
  ): Promise<{ readonly approval: Approval; readonly answer: Promise<EffectResult> }> => {
    const asked = nextEvent(place().bench.service, (event) =>
      event.type === 'approval' && event.approval.state === 'waiting' ? event.approval : null,
    );
    const answer = set(args, options);
    return { approval: await asked, answer };
  };
  return {
    ask,
    /** The same, and the call gives up its wait, as it does after 20 s. */
    async pending(args: Parameters<Bench['set']>[1], options: Partial<SetOptions> = {}) {
      const { approval, answer } = await ask(args, options);
      place().bench.clock.advance(20_000);
      return { approval, answer: await answer };
    },
    /** The approval once it waits no more. */
    ended: (approvalId: string): Promise<Approval> =>
      nextEvent(place().bench.service, (event) =>
        event.type === 'approval' && event.approval.id === approvalId && event.approval.state !== 'waiting'
          ? event.approval
          : null,
      ),
    waiting: () => place().bench.service.approvals({ state: 'waiting', limit: 100 }),
    /** The first call again. */
    again: (key: string, options: Partial<SetOptions> = {}) => set({ idempotency_key: key }, options),
  };
}
