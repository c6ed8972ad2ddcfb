import { AgentError, type Plan, type SideEffectTool, type Witness } from '../../../drivers/kit/index.ts';
import type { ActAnswer } from '../device-side.ts';
import type { GatedLink } from './link.ts';

/**
 * Runs `act` and says what is known of its end. Nothing harmful left: `failed`, not sent. The device said no: `failed`.
 * Anything else after the first harmful byte may have left: `unknown`, never a guess.
 */
export async function runAct(tool: SideEffectTool, link: GatedLink, plan: Plan, witness: Witness): Promise<ActAnswer> {
  try {
    const end = await tool.act(link, plan, witness);
    if (end.outcome === 'applied')
      return { outcome: 'applied', sent: true, evidence: end.evidence, result: end.result, error: null };
    return { outcome: 'failed', sent: link.harmfulSent(), evidence: null, result: null, error: end.error.serialize() };
  } catch (cause) {
    const error = AgentError.from(cause);
    const sent = link.harmfulSent();
    const certain = !sent || error.code === 'device_refused';
    return { outcome: certain ? 'failed' : 'unknown', sent, evidence: null, result: null, error: error.serialize() };
  }
}
