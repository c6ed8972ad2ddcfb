import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';

/**
 * What makes two calls the same: SHA-256, in hex, of the RFC 8785 form of the tool and its validated arguments, the
 * reserved ones left out (contract section 1).
 */
export function fingerprintOf(tool: string, args: JsonObject): string {
  const text = canonicalize({ tool, arguments: args });
  if (text === undefined) throw new AgentError('internal_error', `The arguments of ${tool} have no canonical form.`);
  return createHash('sha256').update(text).digest('hex');
}
