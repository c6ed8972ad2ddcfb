import type { EventFilter } from '../../main/api/schemas/index.ts';
import type { SqlValue } from '../../main/store/index.ts';

/** A filter as SQL: conditions that begin with AND, and their parameters. */
export function filterSql({ event_type: type, source }: EventFilter): {
  readonly sql: string;
  readonly parameters: Readonly<Record<string, SqlValue>>;
} {
  const conditions: string[] = [];
  const parameters: Record<string, SqlValue> = {};
  if (type?.includes('*') === true) {
    // With as many dots on both sides no star can stand for one.
    conditions.push("event_type GLOB :type AND length(event_type) - length(replace(event_type, '.', '')) = :dots");
    parameters['type'] = type;
    parameters['dots'] = type.split('.').length - 1;
  } else if (type !== undefined) {
    conditions.push('event_type = :type');
    parameters['type'] = type;
  }
  if (source !== undefined) {
    conditions.push('source = :source');
    parameters['source'] = source;
  }
  return { sql: conditions.map((condition) => ` AND ${condition}`).join(''), parameters };
}
