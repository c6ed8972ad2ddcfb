export {
  type Authenticate,
  createMcpEndpoint,
  type McpEndpoint,
  type McpEndpointOptions,
  type McpRequest,
  type RelayedRequest,
  type RelayedResponse,
} from './endpoint.ts';
export type { McpSource, ShownConnector, SourceEvent } from './source.ts';
