/** MCP's side of HTTP and the words of its answers, without the protocol: what a hub that relays needs. */
export { protocolHeaders } from './protocol-headers.ts';
export { readBody } from './read-body.ts';
export { challenge, type Refusal, refuse, wrongType } from './refusal.ts';
export { effectResult, readFailure } from './tool-result.ts';
