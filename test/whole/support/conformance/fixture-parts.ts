import type { CallToolResult, InputRequiredResult, McpServer, ServerContext } from '@modelcontextprotocol/server';
import { z } from 'zod';

/** One red pixel, as a PNG in Base64. */
export const pixelPng =
  'iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR4nGP4z8DwHwAFAAH/iZk9HQAAAABJRU5ErkJggg==';

/** Adds a tool without arguments. */
export function addTool(
  server: McpServer,
  name: string,
  run: (context: ServerContext) => Promise<CallToolResult | InputRequiredResult>,
): void {
  server.registerTool(name, { description: `Fixture ${name}`, inputSchema: z.object({}) }, (_args, context) =>
    run(context),
  );
}

/** A result, or part of one, of plain words. */
export const textBlock = (text: string) => ({ type: 'text' as const, text });
