import { keyWords } from '../../main/api/link/index.ts';
import type { AgentObject } from '../../main/api/schemas/index.ts';
import type { Clock } from '../clock.ts';
import type { LinkServer } from '../link/link-server.ts';
import type { Projections } from './projections.ts';
import type { AgentRegistry, AgentRow } from './registry.ts';

/** What comes together is told as one change. */
const GATHER_MS = 200;

/** Agents as the hub shows them. */
export interface AgentView {
  show(row: AgentRow): AgentObject;
  /** Called when what is shown of an agent has changed, but for when it was seen; returns what ends that. */
  onChange(listener: (row: AgentRow) => void): () => void;
}

/** Makes {@link AgentView} of what is known of agents, their links and what they have. */
export function createAgentView(parts: {
  readonly agents: AgentRegistry;
  readonly projections: Projections;
  readonly links: LinkServer;
  readonly clock: Clock;
}): AgentView {
  const { agents, projections, links, clock } = parts;
  const listeners = new Set<(row: AgentRow) => void>();
  const changed = new Set<string>();
  const tell = () => {
    const rows = [...changed].map((id) => agents.find(id)).filter((row) => row !== null);
    changed.clear();
    for (const row of rows) for (const listener of [...listeners]) listener(row);
  };
  const note = (agentId: string) => {
    if (listeners.size === 0) return;
    if (changed.size === 0) clock.after(GATHER_MS, tell);
    changed.add(agentId);
  };
  links.onChange(note);
  agents.onChange(({ id }) => note(id));
  projections.subscribe(({ agentId }) => note(agentId));

  return {
    show(row) {
      const link = links.link(row.id);
      const connectors = projections.connectorsOf(row.id);
      const revoked = row.revoked_at !== null;
      return {
        id: row.id,
        object: 'agent',
        name: row.name,
        mode: row.mode,
        state: revoked ? 'revoked' : link === null ? 'offline' : 'linked',
        linked_since: revoked || link === null ? null : link.since,
        version: row.version,
        key_words: keyWords(row.public_key),
        public_key: row.public_key,
        sealing: link?.sealing() ?? null,
        grants: row.grants,
        connectors: connectors.length,
        devices: projections.devicesOf(row.id).length,
        simulated: connectors.some((connector) => connector.simulated),
        paired_at: row.paired_at,
        paired_by: row.paired_by,
        last_seen_at: row.last_seen_at,
      };
    },
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
  };
}
