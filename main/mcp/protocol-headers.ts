import type { IncomingHttpHeaders } from 'node:http';

/** The headers of a request that speak of MCP; all others are between the client and whom it reached. */
export function protocolHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  const kept: Record<string, string> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (typeof value !== 'string') continue;
    if (name === 'accept' || name === 'content-type' || name.startsWith('mcp-')) kept[name] = value;
  }
  return kept;
}
