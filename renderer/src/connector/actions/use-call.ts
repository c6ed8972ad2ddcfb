import { useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { type RequestError, request } from '../../live/request.ts';
import { callAnswerSchema, type Effect } from '../../live/wire.ts';
import { toRequestError } from '../../parts/problem.tsx';
import { effectWord } from '../../words/effect-words.ts';
import { useWords } from '../../words/language.ts';

/** What became of the last call. */
export type Called =
  | { readonly state: 'idle' }
  | { readonly state: 'running'; readonly what: 'read' | 'dry_run' | 'act' }
  | { readonly state: 'read'; readonly output: Readonly<Record<string, unknown>> }
  | { readonly state: 'effect'; readonly effect: Effect }
  | { readonly state: 'failed'; readonly error: RequestError };

/** Calls one tool of a connector, one call at a time; `call` resolves with whether there was an answer. */
export function useCall(connectorId: string, tool: string) {
  const words = useWords();
  const [called, setCalled] = useState<Called>({ state: 'idle' });
  const call = async (what: 'read' | 'dry_run' | 'act', args: Readonly<Record<string, unknown>>, key?: string) => {
    setCalled({ state: 'running', what });
    const extra = what === 'read' ? {} : what === 'dry_run' ? { dry_run: true } : { idempotency_key: key };
    try {
      const answer = await request('POST', `/v1/connectors/${connectorId}/call`, callAnswerSchema, {
        body: { tool, arguments: { ...args, ...extra } },
      });
      if (answer.kind === 'read') setCalled({ state: 'read', output: answer.output });
      else {
        setCalled({ state: 'effect', effect: answer.result });
        announce(`${tool}: ${effectWord(words, answer.result)}`);
      }
      return true;
    } catch (error) {
      setCalled({ state: 'failed', error: toRequestError(error) });
      return false;
    }
  };
  return { called, call };
}
