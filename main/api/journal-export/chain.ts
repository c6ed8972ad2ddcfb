import { createHash } from 'node:crypto';
import canonicalize from 'canonicalize';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { CheckableLine, JournalExportLine } from '../schemas/index.ts';

/** A line before its hash is known. */
export type Unhashed = WithoutHash<JournalExportLine>;
type WithoutHash<Line> = Line extends unknown ? Omit<Line, 'hash'> : never;

/** The one text that a value has (RFC 8785). */
export function canonical(value: object): string {
  const text = canonicalize(value);
  if (text === undefined) throw new AgentError('internal_error', 'A line of the export has no canonical form.');
  return text;
}

/** The hash of a line, given the line before it as text; the first has none before it. */
export function hashOf(previous: string, line: WithoutHash<CheckableLine>): string {
  return createHash('sha256')
    .update(`${previous}\n${canonical(line)}`)
    .digest('hex');
}

/** A line as it is written, without its line feed. */
export function chain(previous: string, line: Unhashed): string {
  return canonical({ ...line, hash: hashOf(previous, line) });
}
