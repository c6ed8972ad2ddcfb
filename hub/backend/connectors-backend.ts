import { z } from 'zod';
import { AgentError, type JsonObject } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend, Principal } from '../../main/api/index.ts';
import {
  callAnswerSchema,
  connectorSchema,
  type InstallBody,
  identifyProgressSchema,
  identifyReportSchema,
  type ListingObject,
  listingSchema,
  pastReadingSchema,
  pictureSchema,
  readingSchema,
  testRecordSchema,
  toolTestResultSchema,
} from '../../main/api/schemas/index.ts';
import type { AgentView } from '../agents/agent-view.ts';
import type { Projections } from '../agents/projections.ts';
import type { AgentRow } from '../agents/registry.ts';
import type { Clock } from '../clock.ts';
import type { Operators } from '../operators/operators.ts';
import { createOperatorsBackend } from '../operators/operators-backend.ts';
import type { Usage } from '../operators/usage.ts';
import { isSamePlace, placeOf } from '../partition.ts';
import { type AgentSide, mintKey, readAnswer } from './agent-side.ts';
import { atTheMachine, refuseAtHub } from './at-the-machine.ts';
import type { SealForAgent } from './sealed-calls.ts';
import type { View } from './view.ts';
import { createWireBackend } from './wire-backend.ts';

/** What the backend is made of. */
export interface HubConnectorsParts {
  readonly view: View;
  readonly agentView: AgentView;
  readonly projections: Projections;
  readonly agentSide: AgentSide;
  readonly clock: Clock;
  readonly seal: SealForAgent;
  readonly operators: Operators;
  readonly usage: Usage;
}

const installAnswer = z.object({
  connector: connectorSchema,
  price: listingSchema.shape.price.optional(),
  replayed: z.boolean().optional(),
});

/** The Connectors API of a hub: what agents told, and the agents themselves for whatever has to be asked. */
export function createConnectorsBackend({
  view,
  agentView,
  projections,
  agentSide,
  clock,
  seal,
  operators,
  usage,
}: HubConnectorsParts): ConnectorsBackend {
  const { ask, askFor } = agentSide;
  return {
    ...atTheMachine,
    ...createOperatorsBackend({ operators, view }),
    ...createWireBackend({ view, agentSide, clock }),

    async listListings(principal) {
      const all = view.agents(principal).flatMap((agent) => projections.listingsOf(agent.id));
      return [...new Map(all.map((listing) => [listing.id, listing])).values()].sort(byId);
    },

    listDevices: (principal) => view.devices(principal),
    getDevice: async (principal, id) => view.device(principal, id).device,
    async identifyDevice(principal, id, body, signal, onProgress) {
      const { agent } = view.device(principal, id);
      const call = { verb: 'device.identify', device_id: id, body: { ...body } } as const;
      return askFor(identifyReportSchema, agent, principal, call, {
        signal,
        onProgress: (data) => onProgress?.(readAnswer(identifyProgressSchema, data, agent)),
      });
    },

    listConnectors: async (principal, filter, page) => view.list(principal, filter, page),
    getConnector: async (principal, id) => view.connector(principal, id).shown,
    async installConnector(principal, body, _record, idempotencyKey) {
      const { agent, config } = placeToInstall(view, principal, body);
      const kept = { ...body, ...(config === null ? {} : { config }) };
      const into = { target: kept.listing, name: kept.name, config: kept.config };
      const auth = await seal(agent, body.auth, { verb: 'connector.install', ...into });
      const { connector, price, replayed } = await askFor(installAnswer, agent, principal, {
        verb: 'connector.install',
        idempotency_key: idempotencyKey,
        body: { ...kept, auth },
      });
      return { connector, ...(price == null ? {} : { price }), ...(replayed === true ? { replayed } : {}) };
    },
    async updateConnector(principal, id, { auth, name, config }) {
      const { agent } = view.connector(principal, id);
      const into = { verb: 'connector.update', target: id, name, config } as const;
      const body = {
        ...(name === undefined ? {} : { name }),
        ...(config === undefined ? {} : { config }),
        ...(auth === undefined ? {} : { auth: await seal(agent, auth, into) }),
      };
      return askFor(connectorSchema, agent, principal, { verb: 'connector.update', connector_id: id, body });
    },
    async removeConnector(principal, id, { force }) {
      const { agent, shown } = view.connector(principal, id);
      if (force) await refuseAtHub();
      agentSide.requireLinked(agent);
      usage.letGo(placeOf(principal), shown);
      try {
        await askFor(z.null(), agent, principal, { verb: 'connector.remove', connector_id: id });
      } catch (error) {
        // Of a cut nobody knows what became: then it counts as leaving for a while.
        if (!AgentError.is(error, 'connector_upstream_error', 'deadline_exceeded')) usage.keep(id);
        throw error;
      }
    },
    async testConnector(principal, id, tools, signal, onResult) {
      const { agent } = view.connector(principal, id);
      const call = { verb: 'connector.test', connector_id: id, tools: tools === null ? null : [...tools] } as const;
      return askFor(testRecordSchema, agent, principal, call, {
        signal,
        onProgress: (data) => onResult?.(readAnswer(toolTestResultSchema, data, agent)),
      });
    },
    async listTests(principal, id) {
      const { agent } = view.connector(principal, id);
      return askFor(z.array(testRecordSchema), agent, principal, { verb: 'connector.tests', connector_id: id });
    },
    listTools: async (principal, id) => view.connector(principal, id).tools,
    async listReadings(principal, id) {
      const { agent } = view.connector(principal, id);
      return askFor(z.array(readingSchema), agent, principal, { verb: 'connector.readings', connector_id: id });
    },
    async listPastReadings(principal, id, query) {
      const { agent } = view.connector(principal, id);
      const call = { verb: 'connector.past_readings', connector_id: id, query } as const;
      return askFor(z.array(pastReadingSchema), agent, principal, call);
    },
    async callTool(principal, id, { tool, arguments: args }, signal) {
      const { agent, tools } = view.connector(principal, id);
      const acts = tools.find(({ name }) => name === tool)?.side_effect === true;
      const mintedKey = acts && args['idempotency_key'] === undefined ? mintKey() : null;
      const keyed = mintedKey === null ? args : { ...args, idempotency_key: mintedKey };
      const call = { verb: 'connector.call', connector_id: id, body: { tool, arguments: keyed } } as const;
      try {
        const { body, delivered } = await ask(agent, principal, call, { signal, mintedKey });
        return { answer: readAnswer(callAnswerSchema, body, agent), delivered };
      } catch (error) {
        throw acts ? withKey(AgentError.from(error), String(keyed['idempotency_key'])) : error;
      }
    },
    async previewTool(principal, id, body) {
      const { agent } = view.connector(principal, id);
      const call = { verb: 'connector.preview', connector_id: id, body: { ...body } } as const;
      return askFor(pictureSchema, agent, principal, call);
    },

    subscribe(principal, listener) {
      const place = placeOf(principal);
      const stopAgents = agentView.onChange((row) => {
        if (isSamePlace({ tenantId: row.tenant_id, mode: row.mode }, place))
          listener({ type: 'agent', agent: agentView.show(row) });
      });
      const stopItems = projections.subscribe((change) => {
        if (!view.sees(principal, change.agentId)) return;
        if (change.type === 'connector') {
          const connector = view.show(principal, change.connector.id);
          if (connector !== null) listener({ type: 'connector', connector });
        } else if (change.type === 'connector_removed') {
          listener({ type: 'connector_removed', connector_id: change.before.id });
        } else if (change.type === 'device') listener({ type: 'device', device: change.device });
        else listener({ type: 'device_removed', device_id: change.deviceId });
      });
      return () => {
        stopAgents();
        stopItems();
      };
    },
  };
}

/** The machine that an install is for: the one with the device, or the one that `config.agent` names, or the only one. */
function placeToInstall(
  view: View,
  principal: Principal,
  { config }: InstallBody,
): { readonly agent: AgentRow; readonly config: JsonObject | null } {
  const { agent: named, ...rest } = config ?? {};
  const agents = view.agents(principal);
  const kept = config === undefined ? null : rest;
  if (typeof rest['device'] === 'string') return { agent: view.device(principal, rest['device']).agent, config: kept };
  const [only] = agents;
  const agent =
    typeof named === 'string'
      ? agents.find(({ id, name }) => id === named || name === named)
      : agents.length === 1
        ? only
        : undefined;
  if (agent !== undefined) return { agent, config: kept };
  throw new AgentError('invalid_parameter', 'Say on which machine to install it.', {
    hint: `Give config.device, or config.agent with one of: ${agents.map(({ name }) => name).join(', ') || 'none is paired'}.`,
    details: { parameter: 'config.agent' },
  });
}

function withKey(error: AgentError, key: string): AgentError {
  return new AgentError(error.code, error.message, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...error.details, idempotency_key: key },
    cause: error,
  });
}

function byId(left: ListingObject, right: ListingObject): number {
  return left.id < right.id ? -1 : left.id > right.id ? 1 : 0;
}
