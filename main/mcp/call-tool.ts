import { randomUUID } from 'node:crypto';
import {
  type CallToolRequest,
  type CallToolResult,
  ProtocolError,
  ProtocolErrorCode,
  type ServerContext,
} from '@modelcontextprotocol/server';
import { z } from 'zod';
import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';

import type { Exchange } from './exchange.ts';
import { createProgressSender } from './progress.ts';
import type { McpSource } from './source.ts';
import { effectRejection, effectResult, readFailure, readResult } from './tool-result.ts';
import { inSight, mayCall, type ToolEntry } from './toolset.ts';

/** So many tools are named to who asked for one that is not there. */
const NAMES_SHOWN = 20;

const givenKey = z.looseObject({ idempotency_key: z.string().min(1).max(255) });
const jsonArguments = z.record(z.string(), z.json());

/**
 * `tools/call`. Mistakes of the caller and faults of the device are error results, which a model reads; only an unknown
 * tool is an error of the protocol.
 */
export async function callTool(
  service: Pick<McpSource, 'call'>,
  exchange: Exchange,
  { params }: CallToolRequest,
  context: ServerContext,
): Promise<CallToolResult> {
  const entry = findTool(exchange, params.name);
  const args = jsonArguments.parse(params.arguments ?? {});
  const stop = () => exchange.abort();
  const progress = createProgressSender(context);
  context.mcpReq.signal.addEventListener('abort', stop, { once: true });
  try {
    const { id, kind, name, mintedKey } = exchange.principal;
    const answer = await service.call({
      connectorId: entry.connectorId,
      tool: entry.capability,
      arguments: args,
      caller: { id, kind, name, ...(mintedKey === undefined ? {} : { mintedKey }) },
      signal: exchange.signal,
      ...(progress === null ? {} : { onProgress: progress.tell }),
    });
    if (answer.kind === 'read') return readResult(answer.output);
    exchange.onDelivered(answer.delivered);
    return effectResult(entry.title, answer.result);
  } catch (error) {
    const fault = AgentError.from(error);
    return entry.sideEffect ? effectRejection(entry.title, keyOf(args), fault) : readFailure(fault);
  } finally {
    progress?.end();
    context.mcpReq.signal.removeEventListener('abort', stop);
  }
}

function findTool({ toolset, principal }: Exchange, name: string): ToolEntry {
  const entry = toolset.find(name);
  if (entry !== null && inSight(principal, entry)) return entry;
  const names = toolset.entries.filter((tool) => mayCall(principal, tool)).map((tool) => tool.name);
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Unknown tool: ${name}. There ${names.length === 0 ? 'is none' : `are: ${shorten(names)}`}.`,
  );
}

/** The first names of a list that may be long. */
function shorten(names: readonly string[]): string {
  const shown = names.slice(0, NAMES_SHOWN).join(', ');
  return names.length > NAMES_SHOWN ? `${shown} and ${names.length - NAMES_SHOWN} more` : shown;
}

function keyOf(args: JsonObject): string {
  const given = givenKey.safeParse(args);
  return given.success ? given.data.idempotency_key : `ik_${randomUUID()}`;
}
