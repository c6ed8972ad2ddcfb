/** MCP's side of HTTP, without the protocol: what a hub that relays needs. */
export { readBody } from './read-body.ts';
export { challenge, type Refusal, refuse } from './refusal.ts';
