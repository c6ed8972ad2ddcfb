import type { CallToolResult } from '@modelcontextprotocol/server';
import type { AgentError, JsonObject } from '../../drivers/kit/index.ts';
import { evidenceWords } from './effect-words.table.ts';
import type { ShownEffect } from './source.ts';

/** Where an error result carries its code, for programs. */
const ERROR_META_KEY = 'io.fibric.edge/error';

/** What a read gave: structured, and as JSON text for models that see only text. */
export function readResult(output: JsonObject): CallToolResult {
  return { content: [{ type: 'text', text: JSON.stringify(output) }], structuredContent: output };
}

/** A read that failed: the mistake and what to do about it. */
export function readFailure(error: AgentError): CallToolResult {
  return {
    content: [{ type: 'text', text: sentence(error.message, error.hint) }],
    isError: true,
    _meta: { [ERROR_META_KEY]: { code: error.code, retryable: error.retryable, details: error.details } },
  };
}

/** How a side effect ended: a sentence, the same as JSON text, and structured. An error unless it was done or only tried. */
export function effectResult(title: string, effect: ShownEffect): CallToolResult {
  return {
    content: [
      { type: 'text', text: effectWords(title, effect) },
      { type: 'text', text: JSON.stringify(effect) },
    ],
    structuredContent: { ...effect },
    ...(effect.outcome === 'applied' || effect.outcome === 'dry_run' ? {} : { isError: true }),
  };
}

/**
 * A side effect whose call was rejected before it had an answer of its own. Only a fault of ours leaves it open whether
 * anything was sent.
 */
export function effectRejection(title: string, key: string, error: AgentError): CallToolResult {
  const doubtful = error.code === 'internal_error';
  return effectResult(title, {
    outcome: doubtful ? 'unknown' : 'failed',
    journal_id: null,
    idempotency_key: key,
    sent: doubtful,
    deduplicated: false,
    evidence: null,
    first_at: null,
    reason: null,
    error: error.serialize(),
    result: null,
    approval_id: null,
  });
}

function effectWords(title: string, effect: ShownEffect): string {
  const why = effect.error === null ? '' : ` ${sentence(effect.error.message, effect.error.hint)}`;
  const proof = effect.evidence === null ? '' : ` (${evidenceWords[effect.evidence]})`;
  const key = JSON.stringify(effect.idempotency_key);
  const first = effect.deduplicated
    ? ` This is the answer of the call${effect.first_at === null ? '' : ` of ${effect.first_at}`} with the same key; nothing was done again.`
    : '';
  switch (effect.outcome) {
    case 'applied':
      return `${title}: done${proof}.${first}`;
    case 'dry_run':
      return `${title}: it would work now${proof}. Nothing was done.${why}`;
    case 'failed':
      return effect.sent
        ? `${title}: failed. It was sent, and the device says that it did not do it.${why}${first}`
        : `${title}: failed.${unlessSaid(why, 'Nothing was sent.')}${why}${first}`;
    case 'unknown':
      return `${title}: it is not known whether this happened. Do not try again with another key; ask again with idempotency_key ${key}, or have a person look at the device.${why}${first}`;
    case 'refused':
      return `${title}: refused${effect.reason === null ? '' : ` (${effect.reason})`}.${unlessSaid(why, 'Nothing was sent by this call.')}${why}`;
    case 'pending':
      return `${title}: not over yet${effect.approval_id === null ? '' : `; a person at the machine is asked to approve it (${effect.approval_id})`}. Ask again with idempotency_key ${key} to learn the outcome.${why}`;
  }
}

/** That nothing was sent, where the error that follows does not say so itself. */
function unlessSaid(why: string, words: string): string {
  return /\bnothing was sent\b/i.test(why) ? '' : ` ${words}`;
}

function sentence(message: string, hint: string | null | undefined): string {
  return hint == null ? message : `${message} ${hint}`;
}
