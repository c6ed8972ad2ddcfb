import { AgentError } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../../api/index.ts';
import { type AgentFrame, type HubFrame, maxRequests } from '../../api/link/index.ts';
import type { Grants } from '../../api/schemas/index.ts';
import { requireGrantOf } from './granted.ts';
import { createPace, type Pace, type RelayMcp, serveMcp } from './relay-mcp.ts';
import { hubPrincipal, serveCall } from './serve-call.ts';

type Request = Extract<HubFrame, { type: 'request' }>;

interface UnderWay {
  readonly abort: AbortController;
  readonly pace: Pace;
  /** Set once the answer is out and only its delivery is not known yet. */
  delivered: (() => void) | null;
}

/** The hub's requests under way over one link. */
export interface Requests {
  receive(frame: Exclude<HubFrame, { type: 'challenge' | 'welcome' | 'refused' | 'credential' | 'want' }>): void;
  /** The link has ended: callers are gone, answers have nowhere to go. */
  close(): void;
}

/** Serves requests as they come, a bounded number at once. */
export function createRequests(parts: {
  readonly backend: ConnectorsBackend;
  readonly relayMcp: RelayMcp;
  readonly tenantId: string;
  readonly grants: () => Grants;
  readonly send: (frame: AgentFrame) => void;
}): Requests {
  const { backend, relayMcp, tenantId, grants, send } = parts;
  const underWay = new Map<string, UnderWay>();
  const linkEnd = new AbortController();

  const serve = async ({ id, call, caller, minted_key, deadline_ms }: Request, own: UnderWay): Promise<void> => {
    const signal = AbortSignal.any([own.abort.signal, linkEnd.signal, AbortSignal.timeout(deadline_ms)]);
    try {
      const granted = grants();
      const principal = hubPrincipal(tenantId, granted, caller, minted_key, linkEnd.signal);
      if (call.verb === 'mcp') {
        requireGrantOf(granted, call);
        own.delivered = await serveMcp(relayMcp, id, call, principal, signal, own.pace, send);
      } else {
        const { body, delivered } = await serveCall(backend, call, granted, principal, signal, (data) =>
          send({ type: 'progress', id, data }),
        );
        own.delivered = delivered;
        send({ type: 'result', id, body });
      }
    } catch (error) {
      underWay.delete(id);
      if (!own.abort.signal.aborted) send({ type: 'failed', id, error: AgentError.from(error).serialize() });
    }
  };

  return {
    receive(frame) {
      const own = underWay.get(frame.id);
      switch (frame.type) {
        case 'request': {
          if (own !== undefined) return;
          if (underWay.size >= maxRequests) {
            // Answers whose delivery is not known are the first to make room.
            const done = [...underWay].find(([, { delivered }]) => delivered !== null);
            if (done === undefined) {
              const error = new AgentError('device_busy', 'This machine has too many requests of its hub at work.');
              return send({ type: 'failed', id: frame.id, error: error.serialize() });
            }
            underWay.delete(done[0]);
          }
          const made: UnderWay = { abort: new AbortController(), pace: createPace(), delivered: null };
          underWay.set(frame.id, made);
          void serve(frame, made);
          return;
        }
        case 'cancel':
          underWay.delete(frame.id);
          own?.abort.abort();
          return;
        case 'delivered':
          underWay.delete(frame.id);
          own?.delivered?.();
          return;
        case 'taken':
          own?.pace.taken(frame.chunks);
          return;
      }
    },
    close() {
      linkEnd.abort();
      underWay.clear();
    },
  };
}
