/** Aggregated names are cut to this: clients prefix them again and refuse long ones. */
const MAX_NAME_LENGTH = 48;

/** A capability as MCP clients accept it: `weight.read` becomes `weight_read`. Never ambiguous: capabilities have no underscore. */
export function mcpToolName(capability: string): string {
  return capability.replaceAll('.', '_');
}

/** The name of a connector's tool on the endpoint that serves all connectors: `{slug}__weight_read`, at most 48 characters. */
export function aggregatedToolName(slug: string, capability: string): string {
  const tool = `__${mcpToolName(capability)}`;
  return `${slug.slice(0, Math.max(1, MAX_NAME_LENGTH - tool.length))}${tool}`;
}
