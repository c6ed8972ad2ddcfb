import type { ConnectorObject, ConnectorSummary } from '../api/schemas/index.ts';
import type { Column } from './table.ts';

/** What a list of connectors shows of each. */
export const connectorColumns: readonly Column<ConnectorSummary>[] = [
  { heading: 'name', value: ({ name }) => name },
  { heading: 'id', value: ({ id }) => id },
  { heading: 'listing', value: ({ listing }) => listing },
  { heading: 'status', value: ({ status }) => status },
  { heading: 'capabilities', value: ({ capabilities }) => capabilities.join(', ') },
];

/** `api_key mg_****41`; null where none are needed. */
export function credentialsText({ type, hint }: ConnectorObject['auth']): string | null {
  if (type === 'none') return null;
  return hint === null ? type : `${type} ${hint}`;
}
