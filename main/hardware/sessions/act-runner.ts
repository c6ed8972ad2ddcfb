import { AgentError, type Link, type Plan, type SideEffectTool, type Witness } from '../../../drivers/kit/index.ts';
import type { ActAnswer } from '../device-side.ts';
import type { FrameGate } from './frame-gate.ts';

/**
 * Runs a side effect to its end and says how it ended. Never rejects. `unknown` whenever a harmful byte may have left and
 * the driver has not said how it went: a throw after it, whatever its code, may be of a question that came afterwards.
 */
export async function runAct(
  tool: Pick<SideEffectTool, 'act'>,
  link: Link,
  gate: Pick<FrameGate, 'harmfulSent'>,
  plan: Plan,
  witness: Witness,
): Promise<ActAnswer> {
  try {
    const ended = await tool.act(link, plan, witness);
    const sent = gate.harmfulSent();
    if (ended.outcome === 'failed') {
      return { outcome: 'failed', sent, evidence: null, result: null, error: ended.error.serialize() };
    }
    return { outcome: 'applied', sent, evidence: ended.evidence, result: ended.result, error: null };
  } catch (cause) {
    const error = AgentError.from(cause);
    if (!gate.harmfulSent()) return notSent(error);
    return { outcome: 'unknown', sent: true, evidence: null, result: null, error: error.serialize() };
  }
}

/** Nothing that changes anything has left. */
export function notSent(error: AgentError): ActAnswer {
  return { outcome: 'failed', sent: false, evidence: null, result: null, error: error.serialize() };
}
