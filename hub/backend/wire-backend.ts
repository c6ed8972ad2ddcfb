import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../../main/api/index.ts';
import { healthTimelineSchema, type WireLogObject, wireLogSchema } from '../../main/api/schemas/index.ts';
import type { Clock } from '../clock.ts';
import type { AgentSide } from './agent-side.ts';
import type { View } from './view.ts';

/** How often a machine is asked for more of a wire that somebody follows. */
const FOLLOW_MS = 1_000;
/** Entries asked for at once. */
const PART = 500;

/** How connectors were, and what goes over their wires: asked of the machine, which keeps it and says who may see it. */
export function createWireBackend(parts: {
  readonly view: Pick<View, 'connector'>;
  readonly agentSide: AgentSide;
  readonly clock: Clock;
}): Pick<ConnectorsBackend, 'getHealthTimeline' | 'getWireLog' | 'recordWire' | 'clearWireLog' | 'followWireLog'> {
  const { view, agentSide, clock } = parts;
  const { askFor } = agentSide;
  const getWireLog: ConnectorsBackend['getWireLog'] = async (principal, id, query) => {
    const { agent } = view.connector(principal, id);
    return askFor(wireLogSchema, agent, principal, { verb: 'connector.wire', connector_id: id, query });
  };
  return {
    async getHealthTimeline(principal, id, query) {
      const { agent } = view.connector(principal, id);
      const call = { verb: 'connector.health_timeline', connector_id: id, query } as const;
      return askFor(healthTimelineSchema, agent, principal, call);
    },
    getWireLog,
    async recordWire(principal, id, body) {
      const { agent } = view.connector(principal, id);
      const call = { verb: 'connector.record_wire', connector_id: id, body: { ...body } } as const;
      return askFor(wireLogSchema, agent, principal, call);
    },
    async clearWireLog(principal, id) {
      const { agent } = view.connector(principal, id);
      return askFor(wireLogSchema, agent, principal, { verb: 'connector.clear_wire', connector_id: id });
    },
    async followWireLog(principal, id, { after }, signal, take) {
      let cursor = after;
      let told: WireLogObject['recording'] | null = null;
      while (!signal.aborted) {
        const part: WireLogObject | null = await getWireLog(principal, id, {
          limit: PART,
          ...(cursor === undefined ? {} : { after: cursor }),
        }).catch((error: unknown) => {
          // The machine is away: the follower is told by the end of its stream, and asks again with its cursor.
          if (AgentError.is(error)) return null;
          throw error;
        });
        if (part === null) return;
        cursor = part.cursor;
        const isNews = part.entries.length > 0 || JSON.stringify(part.recording) !== JSON.stringify(told);
        told = part.recording;
        if (isNews) await take(part);
        if (!part.has_more) await pause(FOLLOW_MS, clock, signal);
      }
    },
  };
}

async function pause(delayMs: number, clock: Clock, signal: AbortSignal): Promise<void> {
  if (signal.aborted) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  const cancel = clock.after(delayMs, resolve);
  signal.addEventListener('abort', () => resolve(), { once: true });
  await promise;
  cancel();
}
