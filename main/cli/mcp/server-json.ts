import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { ConnectorObject } from '../../api/schemas/index.ts';

const SCHEMA = 'https://static.modelcontextprotocol.io/schemas/2025-12-11/server.schema.json';
/** The registry cuts nothing: longer ones are refused. */
const LONGEST_TEXT = 100;

/**
 * A connector as the MCP registry describes a server (`server.json`). It is reached on the machine it is at, so that it
 * belongs into a catalogue of one's own and never into the public registry.
 */
export function serverJson(connector: ConnectorObject, version: string): JsonObject {
  const { id, name, slug, listing, capabilities, simulated } = connector;
  const what = `${capabilities.join(', ')} on ${name}${simulated ? ' (simulated)' : ''}`;
  return {
    $schema: SCHEMA,
    name: `io.fibric.edge/${slug}`,
    title: shorten(name),
    description: shorten(what),
    version,
    remotes: [
      {
        type: 'streamable-http',
        url: `{base_url}/mcp/${id}`,
        variables: {
          base_url: { description: 'Where the agent listens', default: 'http://127.0.0.1:7431', isRequired: true },
        },
        headers: [
          {
            name: 'Authorization',
            description: 'A token of that agent, made with: fibric-edge tokens create',
            value: 'Bearer {token}',
            isRequired: true,
            isSecret: true,
            variables: { token: { description: 'The token', isRequired: true, isSecret: true } },
          },
        ],
      },
    ],
    _meta: {
      'io.modelcontextprotocol.registry/publisher-provided': {
        connector_id: id,
        listing,
        capabilities: [...capabilities],
      },
    },
  };
}

function shorten(text: string): string {
  return text.length <= LONGEST_TEXT ? text : `${text.slice(0, LONGEST_TEXT - 1)}…`;
}
