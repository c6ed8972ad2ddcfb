import { AgentError } from '../../drivers/kit/index.ts';
import { invalidParameter } from './request-input.ts';
import { defineRoute, type Route } from './route.ts';
import { callAnswerSchema, callBodySchema } from './schemas/index.ts';
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
    const tools = await backend.listTools(principal, id);
    const tool = tools.find((candidate) => candidate.name === body.tool || spellForMcp(candidate.name) === body.tool);
    if (tool === undefined || principal.tools?.has(tool.name) === false) {
      throw new AgentError('unknown_tool', `Connector ${id} has no tool ${JSON.stringify(body.tool)}.`, {
        hint: `Its tools: ${tools
          .map(({ name }) => name)
          .filter((name) => principal.tools?.has(name) ?? true)
          .join(', ')}.`,
      });
    }
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
