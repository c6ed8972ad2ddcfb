export {
  type Authenticate,
  createMcpEndpoint,
  type McpEndpoint,
  type McpEndpointOptions,
  type McpRequest,
} from './endpoint.ts';
