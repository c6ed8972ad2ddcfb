import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';

/** What a call of an agent that is not linked is answered with: 502, and when it was seen last. */
export function agentOffline(name: string, lastSeenAt: string | null, more: JsonObject = {}): AgentError {
  return new AgentError('connector_upstream_error', `The agent ${name} is offline. Nothing was sent.`, {
    hint: 'It links again by itself once its machine reaches this hub.',
    details: { reason: 'agent_offline', last_seen_at: lastSeenAt, ...more },
  });
}

/** The link was cut with a request on its way. Nobody sends it again. */
export function linkCut(name: string): AgentError {
  return new AgentError('connector_upstream_error', `The link to the agent ${name} was cut while it was at work.`, {
    hint: 'What became of it is in the journal of its machine. Ask again with the same idempotency_key: it is never done twice.',
    details: { reason: 'link_cut' },
  });
}

/** A request is larger than a frame of the link may be. */
export function tooLarge(mostBytes: number): AgentError {
  return new AgentError('payload_too_large', `A request to an agent may have ${mostBytes} bytes.`, {
    hint: 'Send less at once. Nothing was sent.',
  });
}

/** More is on its way to an agent than it takes at once. */
export function agentBusy(name: string): AgentError {
  return new AgentError('connector_upstream_error', `The agent ${name} has too many requests at work.`, {
    hint: 'Ask again in a moment.',
    details: { reason: 'agent_busy' },
  });
}
