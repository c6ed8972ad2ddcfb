export { createMcpEndpoint, type McpEndpoint, type McpEndpointOptions, type McpRequest } from './endpoint.ts';
export { aggregatedToolName, mcpToolName } from './tool-name.ts';
