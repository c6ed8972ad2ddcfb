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
import type { CallRequest, ConnectorService } from '../connectors/index.ts';
import type { Exchange } from './exchange.ts';
import { effectRejection, effectResult, readFailure, readResult } from './tool-result.ts';
import { inSight, type ToolEntry } from './toolset.ts';

const givenKey = z.looseObject({ idempotency_key: z.string().min(1).max(255) });
const jsonArguments = z.record(z.string(), z.json());

/**
 * `tools/call`. Mistakes of the caller and faults of the device are error results, which a model reads; only an unknown
 * tool is an error of the protocol.
 */
export async function callTool(
  service: Pick<ConnectorService, 'call'>,
  exchange: Exchange,
  { params }: CallToolRequest,
  context: ServerContext,
): Promise<CallToolResult> {
  const entry = findTool(exchange, params.name);
  const args = jsonArguments.parse(params.arguments ?? {});
  const stop = () => exchange.abort();
  context.mcpReq.signal.addEventListener('abort', stop, { once: true });
  try {
    const { id, kind, name } = exchange.principal;
    const onProgress = progressSender(context);
    const answer = await service.call({
      connectorId: entry.connectorId,
      tool: entry.capability,
      arguments: args,
      caller: { id, kind, name },
      signal: exchange.signal,
      ...(onProgress === null ? {} : { onProgress }),
    });
    if (answer.kind === 'read') return readResult(answer.output);
    exchange.onDelivered(answer.delivered);
    return effectResult(entry.title, answer.result);
  } catch (error) {
    const fault = AgentError.from(error);
    return entry.sideEffect ? effectRejection(entry.title, keyOf(args), fault) : readFailure(fault);
  } finally {
    context.mcpReq.signal.removeEventListener('abort', stop);
  }
}

function findTool({ toolset, principal }: Exchange, name: string): ToolEntry {
  const entry = toolset.find(name);
  if (entry !== null && inSight(principal, entry)) return entry;
  throw new ProtocolError(
    ProtocolErrorCode.InvalidParams,
    `Unknown tool: ${name}. List the tools to see what there is here.`,
  );
}

function keyOf(args: JsonObject): string {
  const given = givenKey.safeParse(args);
  return given.success ? given.data.idempotency_key : `ik_${randomUUID()}`;
}

/** Progress for callers that asked for it. The protocol wants it to grow, so what does not grow is left out. */
function progressSender({ mcpReq }: ServerContext): CallRequest['onProgress'] | null {
  const progressToken = mcpReq._meta?.progressToken;
  if (progressToken === undefined) return null;
  let last = -1;
  return ({ message, fraction }) => {
    if (fraction <= last) return;
    last = fraction;
    mcpReq
      .notify({ method: 'notifications/progress', params: { progressToken, progress: fraction, total: 1, message } })
      // The caller has gone; the call learns it from its signal.
      .catch(() => {});
  };
}
