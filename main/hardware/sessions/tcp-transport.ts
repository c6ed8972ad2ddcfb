import { createConnection, type Socket } from 'node:net';
import { AgentError, type TcpAddress } from '../../../drivers/kit/index.ts';
import { connectError, connectionLost, connectTimeout } from './tcp-errors.ts';
import type { Transport } from './transport.ts';

/** How long a host may take to accept: longer than a network needs, shorter than a person waits. */
const CONNECT_TIMEOUT_MS = 5_000;
/** A connection on which nothing was said for this long is probed by the system, so that a pulled cable is found out. */
const KEEP_ALIVE_MS = 15_000;
const CLOSE_DEADLINE_MS = 2_000;
/** A large write is given to the system in pieces, so that it is known how much of it was taken. */
const PIECE_BYTES = 16_384;

/**
 * Opens a raw connection to a device on the network and reads it from then on, so that its end is seen. Rejects with
 * `device_unplugged` (unreachable, refused, no such name), `no_reply` (no answer in time), or the signal's reason.
 */
export async function openTcpTransport(path: string, address: TcpAddress, signal: AbortSignal): Promise<Transport> {
  signal.throwIfAborted();
  const socket = createConnection({ ...address, noDelay: true, keepAlive: true, keepAliveInitialDelay: KEEP_ALIVE_MS });
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  const timer = setTimeout(() => reject(connectTimeout(path, address, CONNECT_TIMEOUT_MS)), CONNECT_TIMEOUT_MS);
  const onAbort = () => reject(signal.reason);
  const onError = (cause: Error) => reject(connectError(path, address, cause));
  signal.addEventListener('abort', onAbort);
  socket.once('connect', resolve);
  socket.once('error', onError);
  try {
    await promise;
  } catch (error) {
    socket.on('error', () => {});
    socket.destroy();
    throw error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', onAbort);
    socket.off('error', onError);
  }
  return serve(path, socket);
}

function serve(path: string, socket: Socket): Transport {
  let receive: (chunk: Uint8Array) => void = () => {};
  let closed: ((reason: AgentError) => void) | null = null;
  let ended: AgentError | null = null;
  const gone = Promise.withResolvers<void>();
  const openedAtMs = performance.now();
  let heard = false;
  /** Bytes of the last write that the system was given, whether or not it has them yet. */
  let given = 0;

  const lost = (cause?: Error | null) =>
    connectionLost(path, { openForMs: performance.now() - openedAtMs, heard }, cause);
  const end = (reason: AgentError): void => {
    if (ended !== null) return;
    ended = reason;
    closed?.(reason);
  };
  socket.on('data', (chunk: Buffer) => {
    heard = true;
    if (ended === null) receive(new Uint8Array(chunk));
  });
  socket.on('error', (cause) => end(lost(cause)));
  // Half a connection is of no use: a device that hung up answers nothing any more.
  socket.on('end', () => {
    end(lost());
    socket.destroy();
  });
  socket.on('close', () => {
    end(lost());
    gone.resolve();
  });

  const writePiece = (bytes: Uint8Array) =>
    new Promise<void>((resolve, reject) => {
      if (ended !== null) return reject(ended);
      socket.write(bytes, (cause) => {
        if (cause == null && ended === null) resolve();
        else reject(ended ?? lost(cause));
      });
    });

  const writeAll = async (bytes: Uint8Array) => {
    given = 0;
    for (let start = 0; start < bytes.length; start += PIECE_BYTES) {
      const piece = bytes.subarray(start, start + PIECE_BYTES);
      given += piece.length;
      await writePiece(piece);
    }
  };
  let last: Promise<void> = Promise.resolve();
  let unfinished = 0;

  return {
    write(bytes) {
      if (ended !== null) return Promise.reject(ended);
      unfinished += 1;
      const mine = last
        .then(() => writeAll(bytes))
        .finally(() => {
          unfinished -= 1;
        });
      last = mine.catch(() => {});
      return mine;
    },
    left: () => ({ atLeast: 0, atMost: given }),
    onData(next) {
      receive = next;
    },
    onClose(next) {
      closed = next;
      if (ended !== null) next(ended);
    },
    // What the system has taken can't be followed any further: only an answer tells that it arrived.
    drainWithDeadline: () => (ended === null ? Promise.resolve() : Promise.reject(ended)),
    async close() {
      end(new AgentError('closed', `The connection to ${path} was closed.`, { details: { device: path } }));
      // Bytes that the device has not taken yet must not leave later, when nobody counts on them.
      if (unfinished > 0 || socket.writableLength > 0) socket.resetAndDestroy();
      else socket.destroySoon();
      const timer = setTimeout(() => socket.destroy(), CLOSE_DEADLINE_MS);
      await gone.promise;
      clearTimeout(timer);
    },
  };
}
