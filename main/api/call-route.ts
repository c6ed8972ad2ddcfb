import { AgentError } from '../../drivers/kit/index.ts';
import type { Principal } from './principal.ts';
import { invalidParameter } from './request-input.ts';
import { defineRoute, type Route } from './route.ts';
import { callAnswerSchema, callBodySchema, type ToolObject } from './schemas/index.ts';
import { requireConnector } from './token-limits.ts';

/**
 * A tool call over the API. For a side effect the journal is what makes a repeat safe, so an Idempotency-Key header is
 * taken as the argument `idempotency_key`, and no second memory of answers stands before the journal.
 */
export const callRoute: Route = defineRoute({
  method: 'POST',
  path: '/connectors/{id}/call',
  operationId: 'callTool',
  summary: 'Call a tool; reads need tools:read, side effects tools:act',
  scopes: ['tools:read', 'tools:act'],
  rateClass: 'tools',
  idempotent: false,
  body: callBodySchema,
  answers: callAnswerSchema,
  async handle({ backend, principal, params: { id = '' }, body, signal, request }) {
    requireConnector(principal, id);
    const tool = findCallableTool(await backend.listTools(principal, id), principal, id, body.tool);
    const scope = tool.side_effect ? 'tools:act' : 'tools:read';
    if (!principal.scopes.has(scope)) {
      throw new AgentError('insufficient_scope', `Calling ${tool.name} needs the scope ${scope}.`, {
        hint: `Use a token with ${scope}.`,
        details: { scope },
      });
    }
    const key = tool.side_effect ? request.headers['idempotency-key'] : undefined;
    const args = key === undefined ? body.arguments : withKey(body.arguments, String(key));
    const { answer, delivered } = await backend.callTool(principal, id, { tool: tool.name, arguments: args }, signal);
    return { kind: 'json', status: 200, body: answer, onSent: delivered };
  },
});

/** The tool of this name, in either spelling. Throws `unknown_tool`, also for one that the token is not for. */
export function findCallableTool(
  tools: readonly ToolObject[],
  principal: Principal,
  connectorId: string,
  wanted: string,
): ToolObject {
  const tool = tools.find((candidate) => candidate.name === wanted || spellForMcp(candidate.name) === wanted);
  if (tool !== undefined && principal.tools?.has(tool.name) !== false) return tool;
  throw new AgentError('unknown_tool', `Connector ${connectorId} has no tool ${JSON.stringify(wanted)}.`, {
    hint: `Its tools: ${tools
      .map(({ name }) => name)
      .filter((name) => principal.tools?.has(name) ?? true)
      .join(', ')}.`,
  });
}

function withKey(args: Parameters<typeof Object.keys>[0] & { readonly idempotency_key?: unknown }, key: string) {
  if (args.idempotency_key !== undefined && args.idempotency_key !== key) {
    throw invalidParameter('idempotency_key', 'The Idempotency-Key header and the argument idempotency_key differ.');
  }
  return { ...args, idempotency_key: key };
}

/** `weight.read` as MCP clients write it. */
function spellForMcp(capability: string): string {
  return capability.replaceAll('.', '_');
}
