import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import type { EventBody } from '../../main/api/schemas/index.ts';

/** What makes two bodies the same event: their content in RFC 8785's form, so that white space and order of keys do not. */
export function contentHash({ source, event_type, correlation_id = null, payload }: EventBody): string {
  const content = canonicalize({ source, event_type, correlation_id, payload }) ?? '';
  return createHash('sha256').update(content).digest('base64url');
}
