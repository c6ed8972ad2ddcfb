import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { ToolDescription } from '../../hardware/index.ts';
import { type ConnectorRecord, findTool, subjectOf } from '../directory/connector-record.ts';
import { noDeviceYet, remainingMs, unknownTool } from './call-faults.ts';
import { type CallParts, DEADLINE_MS } from './call-parts.ts';
import type { CallRequest, CallResult, EffectResult } from './call-terms.ts';
import { cancellable } from './cancellation.ts';
import { effect } from './side-effect.ts';

/** One call, from the caller's arguments to the answer. Token and scope are the caller's business. */
export async function call(parts: CallParts, request: CallRequest): Promise<CallResult> {
  const connector = parts.directory.get(request.connectorId);
  const tool = findTool(connector, request.tool);
  if (tool === null) throw unknownTool(connector, request.tool);
  const endsAtMs = parts.clock.monotonicMs() + (request.deadlineMs ?? DEADLINE_MS);
  if (!tool.side_effect) {
    return { kind: 'read', output: await read(parts, connector, tool, request, endsAtMs) };
  }
  const result = await effect(parts, connector, tool, request, endsAtMs);
  return { kind: 'effect', result, delivered: () => noteDelivered(parts, result) };
}

async function read(
  { deviceSide, readings, streams, clock, onToolPassed }: CallParts,
  connector: ConnectorRecord,
  tool: ToolDescription,
  request: CallRequest,
  endsAtMs: number,
): Promise<JsonObject> {
  if (tool.stream !== null) {
    const { arguments: args, signal } = request;
    const output = await streams.read(connector, tool, { arguments: args, signal, endsAtMs });
    onToolPassed(connector.id, tool.capability);
    return output;
  }
  if (subjectOf(connector) === null) throw noDeviceYet(connector);
  const target = { connectorId: connector.id, tool: tool.capability };
  const prepared = await deviceSide.prepare({ ...target, arguments: request.arguments });
  const output = await cancellable(deviceSide, request.signal, remainingMs(endsAtMs, clock), (ticket) =>
    deviceSide.read({ ...target, arguments: prepared.arguments, ...ticket }),
  );
  readings.record(connector, tool, output);
  onToolPassed(connector.id, tool.capability);
  return output;
}

function noteDelivered(
  { journal, log }: CallParts,
  { journal_id: journalId, sent, outcome, reason }: EffectResult,
): void {
  if (journalId === null) return;
  const note = () => {
    if (sent) return journal.delivered(journalId);
    // The row of a conflict is another call's.
    if (reason === 'idempotency_conflict' || outcome === 'unknown' || outcome === 'applied' || outcome === 'dry_run')
      return null;
    return journal.told(journalId, outcome === 'pending' ? 'awaiting_approval' : outcome);
  };
  note()?.catch((error: unknown) => {
    log.warn(
      { code: AgentError.from(error).code, journal_id: journalId },
      'The delivery of an answer could not be noted',
    );
  });
}
