import { z } from 'zod';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import { createApiClient } from '../../../main/api/client.ts';
import type { EffectObject } from '../../../main/api/schemas/index.ts';
import { effectSchema } from '../../../main/api/schemas/index.ts';
import type { AgentProcess } from '../../whole/support/agent-process.ts';
import { connectMcp } from '../../whole/support/mcp.ts';

/** The ways into the agent that a call may take: one token, so that its keys are the same by each. */
export const doors = ['mcp', 'api'] as const;
/** One of {@link doors}. */
export type Door = (typeof doors)[number];

/** Somebody with a token who calls the tools of one agent. */
export interface Caller {
  /** How the side effect ended; null when no answer came back. */
  act(door: Door, connectorId: string, tool: string, args: JsonObject): Promise<EffectObject | null>;
  /** What a read gave; an error when it failed, null when no answer came back. */
  read(connectorId: string, tool: string): Promise<JsonObject | AgentError | null>;
  close(): Promise<void>;
}

const answered = z.object({ result: effectSchema });

/** Opens both doors to every connector named. */
export async function openCaller(
  agent: Pick<AgentProcess, 'url'>,
  token: string,
  connectorIds: readonly string[],
): Promise<Caller> {
  const api = createApiClient({ baseUrl: agent.url, token });
  const clients = new Map(
    await Promise.all(connectorIds.map(async (id) => [id, await connectMcp(agent, id, token)] as const)),
  );
  return {
    async act(door, connectorId, tool, args) {
      try {
        if (door === 'api')
          return answered.parse(await api.callTool(connectorId, { tool, arguments: args }, { timeoutMs: 45_000 }))
            .result;
        const client = clients.get(connectorId);
        const told = await client?.callTool({ name: tool.replace('.', '_'), arguments: args });
        return effectSchema.parse(told?.structuredContent);
      } catch (error) {
        if (error instanceof z.ZodError) throw error;
        return null;
      }
    },
    async read(connectorId, tool) {
      try {
        const answer = await api.callTool(connectorId, { tool }, { timeoutMs: 45_000 });
        return answer.kind === 'read' ? answer.output : null;
      } catch (error) {
        const fault = AgentError.from(error);
        return fault.code === 'agent_unreachable' ? null : fault;
      }
    },
    async close() {
      api.close();
      await Promise.all([...clients.values()].map((client) => client.close().catch(() => {})));
    },
  };
}
