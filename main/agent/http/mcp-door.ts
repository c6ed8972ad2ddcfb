import type { McpEndpoint, McpEndpointOptions } from '../../mcp/index.ts';

/**
 * The MCP endpoint, loaded with the first request for it: the SDK and Node's web streams take 10 MB that an agent which
 * no MCP client talks to does without.
 */
export function createMcpDoor(options: McpEndpointOptions): McpEndpoint {
  let opening: Promise<McpEndpoint> | null = null;
  const open = async (): Promise<McpEndpoint> => {
    const { createMcpEndpoint } = await import('../../mcp/index.ts');
    return createMcpEndpoint(options);
  };
  return {
    async handle(request, response, authenticate) {
      opening ??= open();
      await (await opening).handle(request, response, authenticate);
    },
    async relay(asked, principal) {
      opening ??= open();
      return (await opening).relay(asked, principal);
    },
    async close() {
      await (await opening)?.close();
    },
  };
}
