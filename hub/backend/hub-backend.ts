import type { HubBackend } from '../../main/api/index.ts';
import type { AgentObject } from '../../main/api/schemas/index.ts';
import { bindingStatement } from '../../main/store/index.ts';
import type { AgentView } from '../agents/agent-view.ts';
import type { AgentRegistry } from '../agents/registry.ts';
import { administratorOnPage, type PageSessions } from '../http/page-sessions.ts';
import type { HubIdentity } from '../hub-identity.ts';
import type { LinkServer } from '../link/link-server.ts';
import type { Enrolments } from '../pairing/enrolments.ts';
import type { Pairings } from '../pairing/pairings.ts';
import { placeOf } from '../partition.ts';
import type { Keys } from '../tenants/keys.ts';
import type { Tenants } from '../tenants/tenants.ts';
import { createPace } from './pace.ts';
import type { View } from './view.ts';

/** Put together before others get their turn. */
const AGENTS_AT_ONCE = 100;

/** What a hub has beside connectors, for the router. */
export function createHubBackend(parts: {
  readonly tenants: Tenants;
  readonly keys: Keys;
  readonly agents: AgentRegistry;
  readonly agentView: AgentView;
  readonly view: View;
  readonly links: LinkServer;
  readonly pairings: Pairings;
  readonly enrolments: Enrolments;
  readonly pageSessions: PageSessions;
  readonly identity: () => HubIdentity;
}): HubBackend {
  const { tenants, keys, agents, agentView, view, links, pairings, enrolments, pageSessions, identity } = parts;
  return {
    createTenant: (name) => tenants.create(name),
    listTenants: async () => tenants.list(),

    createKey: (principal, body, record) =>
      keys.create(placeOf(principal), body, record === null ? undefined : (made) => [bindingStatement(record(made))]),
    listKeys: async (principal) => keys.list(placeOf(principal)),
    revokeKey: (principal, id) => keys.revoke(placeOf(principal), id),

    async listAgents(principal) {
      const shown: AgentObject[] = [];
      const pace = createPace(AGENTS_AT_ONCE);
      for (const row of agents.list(placeOf(principal))) {
        // As it is when its turn has come: what is revoked meanwhile is shown as such.
        shown.push(agentView.show(agents.find(row.id) ?? row));
        await pace(1);
      }
      return shown;
    },
    getAgent: async (principal, id) => agentView.show(agents.get(placeOf(principal), id)),
    listConnectorsOf: async (principal, id) => view.connectorsOf(principal, agents.get(placeOf(principal), id).id),
    listDevicesOf: async (principal, id) => view.devicesOf(principal, agents.get(placeOf(principal), id).id),
    async revokeAgent(principal, id) {
      const revoked = await agents.revoke(placeOf(principal), id);
      links.revoke(id);
      return agentView.show(revoked);
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

    async createPageTicket(principal) {
      const place = placeOf(principal);
      const { id, name } = tenants.get(place.tenantId);
      const { secret, expires_at } = pageSessions.issueTicket(administratorOnPage(place));
      const address = `${identity().origin}/#ticket=${secret}`;
      return { object: 'page_ticket', address, expires_at, tenant: { id, name, mode: place.mode } };
    },
  };
}
