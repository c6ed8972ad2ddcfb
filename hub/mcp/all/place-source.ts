import { z } from 'zod';
import { AgentError, type JsonValue } from '../../../drivers/kit/index.ts';
import type { Principal } from '../../../main/api/index.ts';
import { callAnswerSchema, pastReadingSchema, readingSchema } from '../../../main/api/schemas/index.ts';
import type { McpSource } from '../../../main/mcp/index.ts';
import { type AgentSide, mintKey, readAnswer } from '../../backend/agent-side.ts';
import { unfinishedEffect } from '../../backend/unfinished-effect.ts';
import type { View } from '../../backend/view.ts';
import type { Place } from '../../partition.ts';
import { type PlaceConnectors, readerOf } from './place-connectors.ts';

const progressSchema = z.object({ message: z.string(), fraction: z.number() });

/** The connectors of a place, as MCP is served from them. */
export interface PlaceSource extends McpSource {
  /** Before each request: whoever asks is known by its id from here on. */
  admit(principal: Principal): void;
}

/** Makes one: lists from what machines told, calls and readings by asking them. */
export function createPlaceSource(parts: {
  readonly place: Place;
  readonly connectors: PlaceConnectors;
  readonly view: Pick<View, 'connector'>;
  readonly agentSide: Pick<AgentSide, 'ask' | 'askFor'>;
}): PlaceSource {
  const { connectors, view, agentSide } = parts;
  const reader = readerOf(parts.place);
  const principals = new Map<string, Principal>();
  const asking = (callerId: string): Principal => {
    const principal = principals.get(callerId);
    if (principal === undefined) throw new TypeError('A call came from a principal that was not admitted');
    return principal;
  };
  return {
    admit(principal) {
      if (principals.has(principal.id)) return;
      principals.set(principal.id, principal);
      principal.ended.addEventListener('abort', () => principals.delete(principal.id), { once: true });
    },
    list: connectors.list,
    get(connectorId) {
      const connector = connectors.get(connectorId);
      if (connector === null) throw new AgentError('not_found', 'There is no such connector here.');
      return connector;
    },
    policy: () => null,
    subscribe: connectors.subscribe,
    async lastReadings(connectorId) {
      const { agent } = view.connector(reader, connectorId);
      const call = { verb: 'connector.readings', connector_id: connectorId } as const;
      return agentSide.askFor(z.array(readingSchema), agent, reader, call);
    },
    async pastReadings(connectorId, tool, { limit = 100, before }) {
      const { agent } = view.connector(reader, connectorId);
      const query = { tool, limit, ...(before === undefined ? {} : { before }) };
      const call = { verb: 'connector.past_readings', connector_id: connectorId, query } as const;
      return agentSide.askFor(z.array(pastReadingSchema), agent, reader, call);
    },
    async call({ connectorId, tool, arguments: args, caller, signal, onProgress }) {
      const principal = asking(caller.id);
      const { agent, tools } = view.connector(principal, connectorId);
      const acts = tools.find(({ name }) => name === tool)?.side_effect === true;
      const mintedKey = acts && args['idempotency_key'] === undefined ? mintKey() : null;
      const keyed = mintedKey === null ? args : { ...args, idempotency_key: mintedKey };
      const body = { tool, arguments: keyed };
      const progress = onProgress !== undefined;
      const hear = (data: JsonValue) => {
        const told = progressSchema.safeParse(data);
        if (told.success) onProgress?.(told.data);
      };
      try {
        const answered = await agentSide.ask(
          agent,
          principal,
          { verb: 'connector.call', connector_id: connectorId, body, progress },
          { signal, mintedKey, onProgress: hear },
        );
        const answer = readAnswer(callAnswerSchema, answered.body, agent);
        if (answer.kind === 'effect') {
          return { kind: 'effect', result: answer.result, delivered: answered.delivered };
        }
        answered.delivered();
        return { kind: 'read', output: answer.output };
      } catch (error) {
        const key = keyed['idempotency_key'];
        if (!acts || typeof key !== 'string' || !AgentError.is(error)) throw error;
        const isDryRun = args['dry_run'] === true;
        return { kind: 'effect', result: unfinishedEffect(error, { key, isDryRun }), delivered: () => {} };
      }
    },
  };
}
