import { randomUUID } from 'node:crypto';
import type { WebSocket } from 'ws';
import { AgentError, type JsonValue } from '../../drivers/kit/index.ts';
import {
  type AgentFrame,
  type HubFrame,
  type LinkCall,
  type LinkCaller,
  maxFrameBytes,
  maxRequests,
  maxStreams,
  relayWindow,
} from '../../main/api/link/index.ts';
import type { SealingObject } from '../../main/api/schemas/index.ts';
import { type Clock, instant } from '../clock.ts';
import { agentBusy, agentLate, agentOffline, linkCut, tooLarge } from './link-faults.ts';

/** So much may wait to be sent to one agent, in bytes; more is refused. */
const MOST_BUFFERED = 1024 * 1024;
/** What is no request is small and goes out nevertheless; an agent that takes none of it any more is cut off. */
const MOST_UNREAD = 4 * 1024 * 1024;
/** After its deadline an agent has this long to say so itself. */
const GRACE_MS = 5_000;

/** How a request is made. */
export interface LinkRequest {
  readonly caller: LinkCaller;
  readonly mintedKey: string | null;
  /** Null: a stream, which lives until one of both sides ends it. */
  readonly deadlineMs: number | null;
  readonly signal: AbortSignal;
  readonly onProgress?: (data: JsonValue) => void;
}

/** An answer, and how the agent is told that it has reached the caller. */
export interface LinkAnswer {
  readonly body: JsonValue;
  readonly delivered: () => void;
}

/** An answer that comes in parts. */
export interface RelayedAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  /** Ends with the answer; throws when the link is cut. Each part is taken from the agent only as it is read here. */
  readonly parts: AsyncIterable<string>;
  readonly delivered: () => void;
}

/** The link to one agent, from its welcome to its end. */
export interface AgentLink {
  readonly agentId: string;
  /** How secrets are sealed for it now; null when it has told no key. */
  sealing(): SealingObject | null;
  setSealing(sealing: SealingObject): void;
  /** When it was opened, RFC 3339. */
  readonly since: string;
  /** Rejects as the agent did, with `cancelled`, `deadline_exceeded` or `connector_upstream_error` when the link is cut. */
  request(call: LinkCall, options: LinkRequest): Promise<LinkAnswer>;
  relay(call: Extract<LinkCall, { verb: 'mcp' }>, options: LinkRequest): Promise<RelayedAnswer>;
  send(frame: HubFrame): void;
  /** Takes nothing from the agent until this resolves; null: goes on at once. */
  restUntil(done: Promise<void> | null): void;
  /** A frame that the agent sent. */
  receive(frame: AgentFrame): void;
  /** The connection has ended: everything under way fails. Idempotent. */
  ended(): void;
  /** Ends the connection; idempotent. */
  close(code: number, reason: string): void;
}

interface Waiting {
  readonly call: LinkCall;
  readonly take: (frame: AgentFrame) => void;
  readonly fail: (error: AgentError) => void;
}

/** Makes the hub's end of a link over an open connection. */
export function createAgentLink(parts: {
  readonly socket: WebSocket;
  readonly agentId: string;
  readonly name: string;
  readonly clock: Clock;
}): AgentLink {
  const { socket, agentId, name, clock } = parts;
  const waiting = new Map<string, Waiting>();
  /** How many of those that wait are streams. */
  let streams = 0;
  let open = true;
  let sealing: SealingObject | null = null;
  const send = (frame: HubFrame) => {
    if (!open) return;
    if (socket.bufferedAmount > MOST_UNREAD) return socket.terminate();
    socket.send(JSON.stringify(frame));
  };

  /** Sends a request; `answered` gets every frame of its answer until it ends it. */
  const begin = (
    call: LinkCall,
    { caller, mintedKey, deadlineMs, signal }: LinkRequest,
    answered: (frame: AgentFrame, end: () => void) => void,
    failed: (error: AgentError) => void,
  ): { readonly id: string; readonly cancel: () => void } => {
    if (!open) throw agentOffline(name, new Date(clock.now()).toISOString());
    if (signal.aborted) throw cancelled();
    const isStream = deadlineMs === null;
    const full = isStream ? streams >= maxStreams : waiting.size - streams >= maxRequests;
    if (full || socket.bufferedAmount > MOST_BUFFERED) throw agentBusy(name);
    const id = randomUUID();
    const text = JSON.stringify({
      type: 'request',
      id,
      call,
      caller,
      minted_key: mintedKey,
      deadline_ms: deadlineMs,
    } satisfies HubFrame);
    if (text.length * 3 > maxFrameBytes && Buffer.byteLength(text) > maxFrameBytes) throw tooLarge(maxFrameBytes);
    const end = () => {
      if (waiting.delete(id) && isStream) streams -= 1;
      stopWaiting();
      signal.removeEventListener('abort', cancel);
    };
    const fail = (error: AgentError) => {
      end();
      failed(error);
    };
    const cancel = () => {
      if (!waiting.has(id)) return;
      send({ type: 'cancel', id });
      fail(cancelled());
    };
    const late = () => {
      send({ type: 'cancel', id });
      fail(agentLate(name, call, deadlineMs ?? 0));
    };
    const stopWaiting = deadlineMs === null ? () => {} : clock.after(deadlineMs + GRACE_MS, late);
    if (isStream) streams += 1;
    waiting.set(id, { call, take: (frame) => answered(frame, end), fail });
    signal.addEventListener('abort', cancel, { once: true });
    socket.send(text);
    return { id, cancel };
  };

  return {
    agentId,
    sealing: () => sealing,
    setSealing(next) {
      sealing = next;
    },
    since: instant(clock.now()),
    send,
    async request(call, options) {
      const { promise, resolve, reject } = Promise.withResolvers<JsonValue>();
      const { id } = begin(
        call,
        options,
        (frame, end) => {
          if (frame.type === 'progress') options.onProgress?.(frame.data);
          if (frame.type === 'result') {
            end();
            resolve(frame.body);
          } else if (frame.type === 'failed') {
            end();
            reject(AgentError.deserialize(frame.error));
          }
        },
        reject,
      );
      const body = await promise;
      return { body, delivered: () => send({ type: 'delivered', id }) };
    },
    async relay(call, options) {
      const { promise, resolve, reject } = Promise.withResolvers<Pick<RelayedAnswer, 'status' | 'headers'>>();
      const parts = createParts();
      const { id } = begin(
        call,
        options,
        (frame, end) => {
          if (frame.type === 'head') resolve(frame);
          else if (frame.type === 'chunk') {
            // It sends more than it was asked for: no agent of ours.
            if (!parts.push(frame.text)) socket.terminate();
          } else if (frame.type === 'end') {
            end();
            parts.end();
          } else if (frame.type === 'failed') {
            end();
            const error = AgentError.deserialize(frame.error);
            reject(error);
            parts.fail(error);
          }
        },
        (error) => {
          reject(error);
          parts.fail(error);
        },
      );
      const { status, headers } = await promise;
      const taken = () => send({ type: 'taken', id, chunks: 1 });
      return { status, headers, parts: parts.read(taken), delivered: () => send({ type: 'delivered', id }) };
    },
    restUntil(done) {
      if (done === null || socket.isPaused) return;
      socket.pause();
      void done.finally(() => socket.resume());
    },
    receive(frame) {
      if ('id' in frame) waiting.get(frame.id)?.take(frame);
    },
    ended() {
      if (!open) return;
      open = false;
      for (const { call, fail } of [...waiting.values()]) fail(linkCut(name, call));
    },
    close(code, reason) {
      socket.close(code, reason);
      // A peer that does not answer would keep the connection of a revoked agent open.
      clock.after(2_000, () => socket.terminate());
    },
  };
}

function cancelled(): AgentError {
  return new AgentError('cancelled', 'The caller went away or cancelled.');
}

/** Parts that came and were not read yet: no more than the window of the relay. */
function createParts() {
  const queue: string[] = [];
  let over: { readonly error: AgentError | null } | null = null;
  let wake = () => {};
  return {
    /** False: there are more than the agent may send unasked. */
    push(text: string): boolean {
      if (queue.length >= relayWindow) return false;
      queue.push(text);
      wake();
      return true;
    },
    end() {
      over ??= { error: null };
      wake();
    },
    fail(error: AgentError) {
      over ??= { error };
      wake();
    },
    async *read(taken: () => void) {
      for (;;) {
        const next = queue.shift();
        if (next !== undefined) {
          yield next;
          taken();
          continue;
        }
        if (over !== null) {
          if (over.error !== null) throw over.error;
          return;
        }
        const { promise, resolve } = Promise.withResolvers<void>();
        wake = resolve;
        await promise;
      }
    },
  };
}
