import { AgentError } from '../../../drivers/kit/index.ts';
import type { ToolDescription } from '../../hardware/index.ts';
import type { Intent } from '../journal/intent.ts';
import { remainingMs } from './call-faults.ts';
import type { CallParts } from './call-parts.ts';
import type { EffectResult } from './call-terms.ts';
import { cancellable } from './cancellation.ts';
import { answerDryRun, answerRefused } from './effect-result.ts';

/** Whether the effect would work: everything up to `check`, and nothing after it. Leaves no row. */
export async function dryRun(
  parts: Pick<CallParts, 'deviceSide' | 'gate' | 'unresolved' | 'clock'>,
  tool: ToolDescription,
  intent: Intent,
  signal: AbortSignal,
  endsAtMs: number,
): Promise<EffectResult> {
  const { deviceSide, gate, unresolved, clock } = parts;
  const early = gate(intent);
  if (early !== null) return answerRefused(intent.key, early);
  const { turnId } = await cancellable(deviceSide, signal, remainingMs(endsAtMs, clock), (ticket) =>
    deviceSide.openTurn({ connectorId: intent.connectorId, ...ticket }),
  );
  try {
    const refusal = (await unresolved.clear(turnId, intent.deviceId)) ?? gate(intent);
    if (refusal !== null) return answerRefused(intent.key, refusal);
    await deviceSide.check({ turnId, tool: intent.tool, plan: intent.plan });
    return answerDryRun(intent.key, dryRunEvidence(tool), intent.plan.notes);
  } catch (error) {
    const fault = AgentError.from(error);
    return answerRefused(intent.key, {
      reason: fault.code === 'cancelled' ? 'cancelled' : 'check_failed',
      error: fault,
    });
  } finally {
    await deviceSide.closeTurn({ turnId }).catch(() => {});
  }
}

/** How far a check gets: a tool whose effect can't be confirmed has a device that can't be asked. */
export function dryRunEvidence(tool: ToolDescription): 'answered' | 'port_open' {
  return tool.best_evidence === 'transmitted' ? 'port_open' : 'answered';
}
