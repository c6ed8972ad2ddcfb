import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { AgentError } from '../../../drivers/kit/index.ts';
import {
  type AgentFrame,
  type HubFrame,
  hubFrameSchema,
  type IdentityKey,
  linkPath,
  linkProof,
  linkProtocol,
  maxFrameBytes,
  readFrame,
} from '../../api/link/index.ts';
import type { Grants, SealingObject } from '../../api/schemas/index.ts';
import type { Clock } from '../clock.ts';

/** For each of two steps. Two seconds each way make eight of TCP, TLS and the upgrade, more through a proxy, and more where it is lost. */
const HANDSHAKE_MS = 30_000;
/** A link that may be dead since the network changed has this long to give a sign of life. */
const PROBE_MS = 10_000;
/** So much may wait to be sent, in bytes; a hub that takes no more is gone. */
const MOST_BUFFERED = 8 * 1024 * 1024;
/** Silence of so many heartbeats is a cut, whatever the connection says. */
const SILENT_BEATS = 2.5;

type Welcome = Extract<HubFrame, { type: 'welcome' }>;

/** A link that stands. */
export interface OpenLink {
  readonly welcome: Welcome;
  /** Cuts the link when too much waits. */
  send(frame: AgentFrame): void;
  /** Resolves when it has left. Rejects when the link has ended. */
  sendAndWait(frame: AgentFrame): Promise<void>;
  /** Everything after the welcome; replaces the listener of before. */
  onFrame(listener: (frame: HubFrame) => void): void;
  /** Asks for a sign of life, and cuts the link when none comes within ten seconds. */
  probe(): void;
  /** Resolves with why it ended, whoever ended it. */
  readonly ended: Promise<AgentError>;
  close(): void;
}

/** How a link is opened. */
export interface LinkOptions {
  readonly origin: string;
  /** The connection that the link is made of, as far as TLS. */
  readonly connect: (origin: string, signal: AbortSignal) => Promise<Socket>;
  readonly agentId: string;
  readonly key: IdentityKey;
  readonly version: string;
  readonly grants: Grants;
  readonly sealing: SealingObject;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Connects, proves who this is, and waits for the welcome. Rejects with `agent_unreachable`, `cancelled`, or as the hub refuses. */
export async function openLink(options: LinkOptions): Promise<OpenLink> {
  const { origin, connect, agentId, key, version, grants, sealing, clock, signal } = options;
  const connection = await connect(origin, signal);
  const socket = new WebSocket(`${origin.replace(/^http/, 'ws')}${linkPath}`, {
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handshakeTimeout: HANDSHAKE_MS,
    createConnection: () => connection,
  });
  const greeted = Promise.withResolvers<Welcome>();
  const ended = Promise.withResolvers<AgentError>();
  let listener: (frame: HubFrame) => void = () => {};
  const early: HubFrame[] = [];
  let welcomed = false;
  let why: AgentError | null = null;
  const fail = (error: AgentError) => {
    why ??= error;
    socket.terminate();
  };
  const stop = () => fail(new AgentError('cancelled', 'The link was closed here.'));
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop, { once: true });
  const stopWaiting = clock.after(2 * HANDSHAKE_MS, () => {
    if (!welcomed) fail(unreachable(origin, 'no welcome within a minute'));
  });

  let stopListening = () => {};
  const alive = (heartbeatMs: number) => {
    stopListening();
    stopListening = clock.after(heartbeatMs * SILENT_BEATS, () =>
      fail(unreachable(origin, `silent for ${Math.round((heartbeatMs * SILENT_BEATS) / 1_000)} s`)),
    );
  };
  let heartbeatMs: number | null = null;
  let stopProbing = () => {};
  const heard = () => {
    stopProbing();
    if (heartbeatMs !== null) alive(heartbeatMs);
  };

  socket.on('ping', heard);
  socket.on('pong', heard);
  socket.on('message', (data, isBinary) => {
    heard();
    const frame = isBinary ? null : readFrame(hubFrameSchema, String(data));
    if (frame === null) return fail(unreachable(origin, 'not a frame of this protocol'));
    if (frame.type === 'refused') return fail(AgentError.deserialize(frame.error));
    if (welcomed) {
      listener(frame);
      return;
    }
    if (frame.type === 'challenge') {
      if (frame.protocol !== linkProtocol) {
        return fail(
          new AgentError(
            'not_supported',
            `The hub speaks version ${frame.protocol} of the link, this agent ${linkProtocol}.`,
            {
              hint: 'Bring both to the same version.',
            },
          ),
        );
      }
      const signature = key.sign(linkProof({ nonce: frame.nonce, origin, agentId }));
      const hello: AgentFrame = {
        type: 'hello',
        protocol: linkProtocol,
        agent_id: agentId,
        signature,
        version,
        grants,
        sealing,
      };
      socket.send(JSON.stringify(hello));
    } else if (frame.type === 'welcome') {
      welcomed = true;
      heartbeatMs = frame.heartbeat_ms;
      heard();
      listener = (next) => early.push(next);
      greeted.resolve(frame);
    }
  });
  socket.on('error', (cause) => {
    why ??= unreachable(origin, 'code' in cause ? String(cause.code) : cause.message);
  });
  socket.once('close', (code) => {
    stopWaiting();
    stopListening();
    stopProbing();
    signal.removeEventListener('abort', stop);
    const error = why ?? unreachable(origin, `closed (${code})`);
    greeted.reject(error);
    ended.resolve(error);
  });

  const welcome = await greeted.promise;
  return {
    welcome,
    send(frame) {
      if (socket.readyState !== WebSocket.OPEN) return;
      if (socket.bufferedAmount > MOST_BUFFERED) return fail(unreachable(origin, 'it takes nothing any more'));
      socket.send(textOf(frame));
    },
    sendAndWait: (frame) =>
      new Promise((resolve, reject) => {
        if (socket.readyState !== WebSocket.OPEN) return reject(linkEnded());
        socket.send(textOf(frame), (error) => (error == null ? resolve() : reject(linkEnded(error))));
      }),
    onFrame(next) {
      listener = next;
      for (const frame of early.splice(0)) next(frame);
    },
    probe() {
      if (socket.readyState !== WebSocket.OPEN) return;
      stopProbing();
      stopProbing = clock.after(PROBE_MS, () => fail(unreachable(origin, 'silent since the network changed')));
      socket.ping();
    },
    ended: ended.promise,
    close: () => {
      socket.close(1000);
      // A hub that does not answer must not keep it open.
      clock.after(2_000, () => socket.terminate());
    },
  };
}

/** A frame's text; of an answer that is larger than a hub reads, which would end the link, that it is. */
function textOf(frame: AgentFrame): string {
  const text = JSON.stringify(frame);
  // No character takes more than three bytes in UTF-8 for each of its code units.
  if (text.length * 3 <= maxFrameBytes || Buffer.byteLength(text) <= maxFrameBytes) return text;
  if (frame.type !== 'result') throw new TypeError(`A frame of the type ${frame.type} is too large for the link`);
  const error = new AgentError('payload_too_large', `The answer has more than ${maxFrameBytes} bytes.`, {
    hint: 'Ask for less at once.',
  });
  return JSON.stringify({ type: 'failed', id: frame.id, error: error.serialize() } satisfies AgentFrame);
}

function linkEnded(cause?: Error): AgentError {
  return new AgentError('closed', 'The link has ended.', cause === undefined ? {} : { cause });
}

function unreachable(origin: string, seen: string): AgentError {
  return new AgentError('agent_unreachable', `The link to ${origin} does not stand (${seen}).`, {
    hint: 'It is tried again by itself. Check that this machine reaches that address.',
    details: { reason: seen },
  });
}
