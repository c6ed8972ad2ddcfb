import { type Tool, toolListSchema } from '../../live/wire.ts';
import { type Fetched, useFetched } from '../../parts/use-fetched.ts';

/** The tools of a connector; they change with its settings only. */
export function useTools(connectorId: string): Fetched<readonly Tool[]> {
  const { fetched } = useFetched(`/v1/connectors/${connectorId}/tools`, toolListSchema);
  return fetched.state === 'there' ? { state: 'there', value: fetched.value.data } : fetched;
}
