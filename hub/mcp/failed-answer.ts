import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';
import { challenge, effectResult, type Refusal, readFailure } from '../../main/mcp/http.ts';
import { unfinishedEffect } from '../backend/unfinished-effect.ts';
import type { Asked, RpcId } from './asked.ts';

/** How a request that the machine did not answer is answered here. */
export type FailedAnswer =
  | { readonly type: 'refusal'; readonly refusal: Refusal; readonly id: RpcId | null }
  /** A result of a tool, which a model reads: what failed, and the key to ask again with. */
  | { readonly type: 'result'; readonly message: JsonObject };

/**
 * The answer to a request that came to nothing on its way. A call of a tool gets a result, in the words and the form that
 * the machine itself would use; all else an error of the protocol. Null for faults of ours.
 */
export function answerFailure(error: unknown, asked: Asked | null): FailedAnswer | null {
  if (!AgentError.is(error)) return null;
  const id = asked?.id ?? null;
  const refusal = refusalOf(error);
  if (refusal === null) return null;
  const call = asked?.call ?? null;
  if (call === null || id === null || refusal.status < 500) return { type: 'refusal', refusal, id };
  const result =
    call.key === null
      ? readFailure(error)
      : effectResult(call.tool.title, unfinishedEffect(error, { key: call.key, isDryRun: call.isDryRun }));
  const kind = asked?.isStateless === true ? { resultType: 'complete' } : {};
  const message = { jsonrpc: '2.0', id, result: { ...result, ...kind } };
  return { type: 'result', message: JSON.parse(JSON.stringify(message)) };
}

function refusalOf(error: AgentError): Refusal | null {
  const { code, details } = error;
  const message = error.hint === undefined ? error.message : `${error.message} ${error.hint}`;
  const plain = { code: -32_000, message, data: { ...details, code } };
  switch (code) {
    case 'key_invalid':
    case 'key_revoked':
      return challenge(401, 'invalid_token', ['tools:read', 'tools:act'], message);
    case 'insufficient_scope':
      return challenge(403, 'insufficient_scope', details['grant'] === 'act' ? ['tools:act'] : ['tools:read'], message);
    case 'not_found':
      return { ...plain, status: 404, message: 'There is no such connector here.' };
    case 'payload_too_large':
      return { ...plain, status: 413 };
    case 'invalid_parameter':
      return { ...plain, status: 400 };
    case 'rate_limited':
      return { ...plain, status: 429, headers: { 'Retry-After': '1' } };
    case 'deadline_exceeded':
      return { ...plain, status: 504 };
    case 'internal_error':
      return null;
    default:
      return { ...plain, status: 502 };
  }
}
