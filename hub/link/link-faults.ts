import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';
import type { LinkCall } from '../../main/api/link/index.ts';

/** What a call of an agent that is not linked is answered with: 502, and when it was seen last. */
export function agentOffline(name: string, lastSeenAt: string | null, more: JsonObject = {}): AgentError {
  return new AgentError('connector_upstream_error', `The agent ${name} is offline. Nothing was sent.`, {
    hint: 'It links again by itself once its machine reaches this hub.',
    details: { reason: 'agent_offline', last_seen_at: lastSeenAt, ...more },
  });
}

/** The link was cut with a request on its way. Nobody sends it again, and nobody here knows what became of it. */
export function linkCut(name: string, call: LinkCall): AgentError {
  return new AgentError('connector_upstream_error', `The link to the agent ${name} was cut while it was at work.`, {
    hint: whatToAsk(call),
    details: { reason: 'link_cut' },
  });
}

/** A request is larger than a frame of the link may be. */
export function tooLarge(mostBytes: number): AgentError {
  return new AgentError('payload_too_large', `A request to an agent may have ${mostBytes} bytes.`, {
    hint: 'Send less at once. Nothing was sent.',
  });
}

/** The agent did not answer in time. Nobody here knows what became of the request. */
export function agentLate(name: string, call: LinkCall, deadlineMs: number): AgentError {
  return new AgentError('deadline_exceeded', `The agent ${name} did not answer within ${deadlineMs} ms.`, {
    hint: whatToAsk(call),
  });
}

/** How to find out what became of a request whose answer was lost. */
function whatToAsk(call: LinkCall): string {
  switch (call.verb) {
    case 'connector.call':
    case 'mcp':
      return 'What became of it is in the journal of its machine. Ask again with the same idempotency_key: it is never done twice.';
    case 'connector.install':
      return call.idempotency_key === null
        ? 'Whether it was installed is shown by the list of connectors, once the machine is linked. Look there before asking again.'
        : 'Ask again with the same Idempotency-Key once the machine is linked: it is installed once, and the same connector comes back.';
    case 'connector.update':
      return 'The connector shows its name and config once the machine is linked. The same change may be asked for again: it is one change, however often.';
    case 'connector.remove':
      return 'Ask for the connector once the machine is linked: not_found says that it is uninstalled. Else uninstall it again.';
    case 'connector.test':
      return 'Tests that ended are in the list of its tests once the machine is linked. A test may be run again.';
    default:
      return 'Nothing was changed by it. Ask again once the machine is linked.';
  }
}

/** More is on its way to an agent than it takes at once. */
export function agentBusy(name: string): AgentError {
  return new AgentError('connector_upstream_error', `The agent ${name} has too many requests at work.`, {
    hint: 'Ask again in a moment.',
    details: { reason: 'agent_busy' },
  });
}
