export {
  type Authenticate,
  createMcpEndpoint,
  type McpEndpoint,
  type McpEndpointOptions,
  type McpRequest,
  type RelayedRequest,
  type RelayedResponse,
} from './endpoint.ts';
