import { AgentError } from '../../../drivers/kit/index.ts';
import { type AgentFrame, type HubFrame, maxRequests, maxStreams } from '../../api/link/index.ts';
import type { Grants } from '../../api/schemas/index.ts';
import type { Clock } from '../clock.ts';
import { requireGrantOf } from './granted.ts';
import { createPace, type Pace, type RelayMcp, serveMcp } from './relay-mcp.ts';
import { type CallServers, hubPrincipal, serveCall } from './serve-call.ts';

type Request = Extract<HubFrame, { type: 'request' }>;

interface UnderWay {
  readonly request: Request;
  /** Aborted with the error that the hub is told; with none where the hub itself ended it. */
  readonly abort: AbortController;
  readonly pace: Pace;
  /** Set once the answer is out and only its delivery is not known yet. */
  delivered: (() => void) | null;
}

/** The hub's requests under way over one link. */
export interface Requests {
  receive(frame: Extract<HubFrame, { type: 'request' | 'cancel' | 'delivered' | 'taken' }>): void;
  /** What the hub may has changed: streams that it may not have any more end. */
  grantsChanged(): void;
  /** The link has ended: callers are gone, answers have nowhere to go. */
  close(): void;
}

/** Serves requests as they come, a bounded number at once. */
export function createRequests(parts: {
  readonly servers: CallServers;
  readonly relayMcp: RelayMcp;
  readonly tenantId: string;
  readonly grants: () => Grants;
  readonly send: (frame: AgentFrame) => void;
  readonly clock: Clock;
  /** Aborts when the pairing is over. Sessions of MCP last as long: a link that was cut comes back. */
  readonly paired: AbortSignal;
}): Requests {
  const { servers, relayMcp, tenantId, grants, send, clock, paired } = parts;
  const underWay = new Map<string, UnderWay>();
  const linkEnd = new AbortController();
  const isStream = ({ deadline_ms }: Request) => deadline_ms === null;

  const serve = async (own: UnderWay): Promise<void> => {
    const { id, call, caller, minted_key, deadline_ms } = own.request;
    const signal = AbortSignal.any([own.abort.signal, linkEnd.signal]);
    const stopWaiting = deadline_ms === null ? () => {} : clock.after(deadline_ms, () => own.abort.abort(late(own)));
    try {
      const granted = grants();
      if (call.verb === 'mcp') {
        requireGrantOf(granted, call);
        const principal = hubPrincipal(tenantId, granted, caller, minted_key, paired);
        own.delivered = await serveMcp(relayMcp, id, call, principal, signal, own.pace, send);
      } else {
        const principal = hubPrincipal(tenantId, granted, caller, minted_key, linkEnd.signal);
        const { body, delivered } = await serveCall(servers, call, granted, principal, caller.id, signal, (data) =>
          send({ type: 'progress', id, data }),
        );
        own.delivered = delivered;
        send({ type: 'result', id, body });
      }
    } catch (error) {
      underWay.delete(id);
      const { aborted, reason } = own.abort.signal;
      // What the hub has ended it does not wait for.
      if (aborted && !AgentError.is(reason)) return;
      send({ type: 'failed', id, error: AgentError.from(aborted ? reason : error).serialize() });
    } finally {
      stopWaiting();
    }
  };

  /** Whether there is room for one more of this kind. */
  const makeRoom = (request: Request): boolean => {
    const alike = [...underWay].filter(([, own]) => isStream(own.request) === isStream(request));
    if (alike.length < (isStream(request) ? maxStreams : maxRequests)) return true;
    // Answers whose delivery is not known are the first to make room.
    const done = alike.find(([, { delivered }]) => delivered !== null);
    return done !== undefined && underWay.delete(done[0]);
  };

  return {
    receive(frame) {
      const own = underWay.get(frame.id);
      switch (frame.type) {
        case 'request': {
          if (own !== undefined) return;
          if (!makeRoom(frame)) {
            const error = new AgentError('device_busy', 'This machine has too many requests of its hub at work.');
            return send({ type: 'failed', id: frame.id, error: error.serialize() });
          }
          const made: UnderWay = {
            request: frame,
            abort: new AbortController(),
            pace: createPace(),
            delivered: null,
          };
          underWay.set(frame.id, made);
          void serve(made);
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
    grantsChanged() {
      for (const own of underWay.values()) {
        if (!isStream(own.request)) continue;
        try {
          requireGrantOf(grants(), own.request.call);
        } catch (error) {
          own.abort.abort(error);
        }
      }
    },
    close() {
      linkEnd.abort();
      underWay.clear();
    },
  };
}

function late({ request: { deadline_ms } }: UnderWay): AgentError {
  return new AgentError('deadline_exceeded', `It was not over within ${deadline_ms} ms.`, {
    hint: 'What became of it is in the journal of this machine. Ask again with the same idempotency_key.',
  });
}
