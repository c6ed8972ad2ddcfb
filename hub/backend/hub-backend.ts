import type { HubBackend } from '../../main/api/index.ts';
import { keyWords } from '../../main/api/link/index.ts';
import type { AgentObject } from '../../main/api/schemas/index.ts';
import { bindingStatement } from '../../main/store/index.ts';
import type { Projections } from '../agents/projections.ts';
import type { AgentRegistry, AgentRow } from '../agents/registry.ts';
import type { LinkServer } from '../link/link-server.ts';
import type { Enrolments } from '../pairing/enrolments.ts';
import type { Pairings } from '../pairing/pairings.ts';
import { placeOf } from '../partition.ts';
import type { Keys } from '../tenants/keys.ts';
import type { Tenants } from '../tenants/tenants.ts';

/** What a hub has beside connectors, for the router. */
export function createHubBackend(parts: {
  readonly tenants: Tenants;
  readonly keys: Keys;
  readonly agents: AgentRegistry;
  readonly projections: Projections;
  readonly links: LinkServer;
  readonly pairings: Pairings;
  readonly enrolments: Enrolments;
}): HubBackend {
  const { tenants, keys, agents, projections, links, pairings, enrolments } = parts;
  const agentObject = (row: AgentRow): AgentObject => ({
    id: row.id,
    object: 'agent',
    name: row.name,
    mode: row.mode,
    state: row.revoked_at !== null ? 'revoked' : links.link(row.id) === null ? 'offline' : 'linked',
    version: row.version,
    key_words: keyWords(row.public_key),
    public_key: row.public_key,
    sealing: links.link(row.id)?.sealing() ?? null,
    grants: row.grants,
    connectors: projections.connectorsOf(row.id).length,
    devices: projections.devicesOf(row.id).length,
    paired_at: row.paired_at,
    paired_by: row.paired_by,
    last_seen_at: row.last_seen_at,
  });
  return {
    createTenant: (name) => tenants.create(name),
    listTenants: async () => tenants.list(),

    createKey: (principal, body, record) =>
      keys.create(placeOf(principal), body, record === null ? undefined : (made) => [bindingStatement(record(made))]),
    listKeys: async (principal) => keys.list(placeOf(principal)),
    revokeKey: (principal, id) => keys.revoke(placeOf(principal), id),

    listAgents: async (principal) => agents.list(placeOf(principal)).map(agentObject),
    getAgent: async (principal, id) => agentObject(agents.get(placeOf(principal), id)),
    async revokeAgent(principal, id) {
      const revoked = await agents.revoke(placeOf(principal), id);
      links.revoke(id);
      return agentObject(revoked);
    },

    beginPairing: (body, address) => pairings.begin(body, address),
    pollPairing: (body) => pairings.poll(body),
    cancelPairing: (body) => pairings.cancel(body),
    getPairing: async (typist, code) => pairings.get(typist, code),
    approvePairing: (typist, code, body) => pairings.approve(typist, code, body),
    denyPairing: (typist, code) => pairings.deny(typist, code),

    createEnrolment: (principal, body, record) =>
      enrolments.create(
        placeOf(principal),
        body,
        record === null ? undefined : (made) => [bindingStatement(record(made))],
      ),
    listEnrolments: async (principal) => enrolments.list(placeOf(principal)),
    revokeEnrolment: (principal, id) => enrolments.revoke(placeOf(principal), id),
    enrol: (body) => enrolments.use(body),
  };
}
