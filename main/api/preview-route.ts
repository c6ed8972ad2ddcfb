import { AgentError } from '../../drivers/kit/index.ts';
import { findCallableTool } from './call-route.ts';
import { defineRoute, type Route } from './route.ts';
import { callBodySchema, pictureSchema } from './schemas/index.ts';
import { requireConnector } from './token-limits.ts';

/** A picture of what a call would make. Sends nothing and needs no policy, so that it can be looked at before one allows it. */
export const previewRoute: Route = defineRoute({
  method: 'POST',
  path: '/connectors/{id}/preview',
  operationId: 'previewTool',
  summary: 'See what a side effect would make, without doing it',
  scopes: ['connectors:read', 'tools:act'],
  rateClass: 'tools',
  body: callBodySchema,
  answers: pictureSchema,
  async handle({ backend, principal, params: { id = '' }, body }) {
    requireConnector(principal, id);
    const tool = findCallableTool(await backend.listTools(principal, id), principal, id, body.tool);
    if (!tool.side_effect) {
      throw new AgentError(
        'not_supported',
        `${tool.name} changes nothing, so that there is nothing to see before it.`,
        {
          hint: 'Call it.',
        },
      );
    }
    const picture = await backend.previewTool(principal, id, { tool: tool.name, arguments: body.arguments });
    return { kind: 'json', status: 200, body: picture };
  },
});
