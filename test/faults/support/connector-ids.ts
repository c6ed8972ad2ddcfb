import type { AgentProcess } from '../../whole/support/agent-process.ts';

/** Ids of the connectors by name. */
export async function connectorIds(agent: Pick<AgentProcess, 'api'>): Promise<ReadonlyMap<string, string>> {
  return new Map((await agent.api.listConnectors()).map(({ id, name }) => [name, id]));
}
