import type { JsonObject } from '../../../drivers/kit/index.ts';
import type { Connector, JournalEntry, Reading } from '../../connectors/index.ts';
import type { EventDraft } from '../outbox/terms.ts';

/** The streams that are not a capability's. */
export const streamNames = { effects: 'effects', health: 'health', connector: 'connector', agent: 'agent' } as const;

type Subject = Pick<EventDraft, 'device' | 'source' | 'connectorId' | 'simulated'>;

/** Whose events a connector's are: its device's, or its own while it has none. */
export function subjectOf({ id, name, device, simulated }: Connector): Subject {
  return { device: device?.id ?? id, source: name, connectorId: id, simulated };
}

/** A device sent something by itself. `scan.read` tells `scan.received`. */
export function receivedDraft(
  connector: Connector,
  tool: string,
  item: JsonObject,
  at: string,
  cursor: string,
): EventDraft {
  return {
    ...subjectOf(connector),
    class: 'streams',
    stream: tool,
    eventType: `${nounOf(tool)}.received`,
    correlationId: null,
    at,
    data: item,
    origin: cursor,
  };
}

/** Something that a device sent may be missing before the next. */
export function missedDraft(
  connector: Connector,
  tool: string,
  gap: JsonObject,
  at: string,
  cursor: string,
): EventDraft {
  return { ...receivedDraft(connector, tool, gap, at, cursor), eventType: `${nounOf(tool)}.missed` };
}

/** A value was read. */
export function readingDraft(connector: Connector, { tool, value, at }: Reading): EventDraft {
  return {
    ...subjectOf(connector),
    class: 'readings',
    stream: tool,
    eventType: `${nounOf(tool)}.reported`,
    correlationId: null,
    at,
    data: value,
  };
}

/** What is known of a connector's health has changed. */
export function statusDraft(connector: Connector, at: string, origin: string): EventDraft {
  const { state, reason, message, hint, since, last_ok_at, cause_id } = connector.health;
  return {
    ...subjectOf(connector),
    device: connector.id,
    class: 'state',
    stream: streamNames.health,
    eventType: 'connector.status_changed',
    correlationId: cause_id,
    at,
    data: { status: connector.status, health: { state, reason, message, hint, since, last_ok_at, cause_id } },
    origin,
  };
}

/** A connector is there. */
export function presentDraft(
  connector: Connector,
  eventType: 'connector.installed' | 'connector.renamed',
  at: string,
  origin: string,
): EventDraft {
  const { id, listing, name, kind, capabilities, created_at, device } = connector;
  return {
    ...subjectOf(connector),
    device: id,
    class: 'state',
    stream: streamNames.connector,
    eventType,
    correlationId: null,
    at,
    data: { name, listing, kind, capabilities: [...capabilities], device_id: device?.id ?? null, created_at },
    origin,
  };
}

/** A connector is there no more. */
export function goneDraft(id: string, source: string, simulated: boolean, at: string, origin: string): EventDraft {
  return {
    class: 'state',
    device: id,
    stream: streamNames.connector,
    source,
    eventType: 'connector.uninstalled',
    correlationId: null,
    at,
    connectorId: id,
    simulated,
    data: { name: source },
    origin,
  };
}

/** All side effects of the machine were stopped, or may go on. */
export function pauseDraft(agentName: string, paused: boolean, at: string): EventDraft {
  return {
    class: 'state',
    device: streamNames.agent,
    stream: streamNames.agent,
    source: agentName,
    eventType: paused ? 'agent.paused' : 'agent.resumed',
    correlationId: null,
    at,
    connectorId: null,
    simulated: false,
    data: { paused },
  };
}

/**
 * How a side effect ended, or what people said of it later. Without its arguments: they may hold what is printed, and who
 * may see that asks the journal.
 */
export function effectDraft(entry: JournalEntry, simulated: boolean, at: string, origin: string): EventDraft {
  const { settlement } = entry;
  return {
    class: 'effects',
    device: entry.device_id,
    stream: streamNames.effects,
    source: entry.connector_name,
    eventType: settlement === null ? `effect.${entry.state}` : 'effect.settled',
    correlationId: entry.journal_id,
    at,
    connectorId: entry.connector_id,
    simulated,
    data: {
      journal_id: entry.journal_id,
      tool: entry.tool,
      outcome: entry.state,
      sent: entry.sent,
      reason: entry.reason,
      evidence: entry.evidence,
      error: entry.error === null ? null : { code: entry.error.code, message: entry.error.message },
      entity_key: entry.entity_key,
      caller: entry.caller_name,
      attempts: entry.attempts,
      sent_at: entry.sent_at,
      ended_at: entry.ended_at,
      settlement: settlement === null ? null : { ...settlement },
    },
    origin,
  };
}

function nounOf(capability: string): string {
  return capability.slice(0, capability.lastIndexOf('.'));
}
