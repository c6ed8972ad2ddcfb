import { createServer, type Server, type Socket } from 'node:net';
import type { VolatileDisk } from './volatile-disk.ts';

const NBD_MAGIC = 0x4e42444d41474943n;
const OPTION_MAGIC = 0x49484156454f5054n;
const OPTION_REPLY_MAGIC = 0x0003e889045565a9n;
const REQUEST_MAGIC = 0x25609513;
const SIMPLE_REPLY_MAGIC = 0x67446698;
const OPTION = { abort: 2, info: 6, go: 7 } as const;
const REPLY = { ack: 1, info: 3, unsupported: 0x80000001 } as const;
const INFO = { export: 0, blockSize: 3 } as const;
const COMMAND = { read: 0, write: 1, disconnect: 2, flush: 3 } as const;
/** Has flags, sends flush, sends FUA. */
const EXPORT_FLAGS = 0b1101;
/** Fixed newstyle, and no padding after the export's description. */
const HANDSHAKE_FLAGS = 0b11;
const FORCE_UNIT_ACCESS = 1;
const INVALID_ARGUMENT = 22;
const REQUEST_BYTES = 28;
const PREFERRED_BYTES = 4096;
const MOST_BYTES = 32 << 20;

/** A moment of a disk's work at which the power may go. */
export type DiskMoment = 'write' | 'before_flush' | 'after_flush';

/** A disk on a local socket. */
export interface DiskServer {
  /** From now on nothing is answered and nothing changes the disk. Idempotent. */
  freeze(): void;
  /** Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves a disk over the network block device protocol (NBD protocol document, fixed newstyle handshake, simple replies), one
 * request after the other in the order they came, on a socket at `path`. `onMoment` is told of each step before it counts or
 * is answered, and may freeze the server there.
 */
export async function serveDisk(
  path: string,
  disk: VolatileDisk,
  onMoment: (moment: DiskMoment) => void,
): Promise<DiskServer> {
  let frozen = false;
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.on('close', () => sockets.delete(socket));
    converse(socket, disk, () => frozen, onMoment);
  });
  await listen(server, path);
  return {
    freeze() {
      frozen = true;
    },
    async close() {
      frozen = true;
      for (const socket of sockets) socket.destroy();
      if (server.listening) await new Promise<void>((resolve) => server.close(() => resolve()));
    },
  };
}

function converse(
  socket: Socket,
  disk: VolatileDisk,
  isFrozen: () => boolean,
  onMoment: (moment: DiskMoment) => void,
): void {
  let input = Buffer.alloc(0);
  let phase: 'flags' | 'options' | 'requests' = 'flags';
  const greeting = Buffer.alloc(18);
  greeting.writeBigUInt64BE(NBD_MAGIC, 0);
  greeting.writeBigUInt64BE(OPTION_MAGIC, 8);
  greeting.writeUInt16BE(HANDSHAKE_FLAGS, 16);
  socket.write(greeting);

  /** Bytes taken from the input; 0 when more are needed. */
  const step = (): number => {
    if (phase === 'flags') {
      if (input.length < 4) return 0;
      phase = 'options';
      return 4;
    }
    if (phase === 'options') {
      if (input.length < 16 || input.length < 16 + input.readUInt32BE(12)) return 0;
      const option = input.readUInt32BE(8);
      if (option === OPTION.abort) socket.end();
      else if (option === OPTION.go || option === OPTION.info) {
        for (const info of [exportInfo(disk), blockSizeInfo()]) socket.write(optionReply(option, REPLY.info, info));
        socket.write(optionReply(option, REPLY.ack));
        if (option === OPTION.go) phase = 'requests';
      } else socket.write(optionReply(option, REPLY.unsupported));
      return 16 + input.readUInt32BE(12);
    }
    if (input.length < REQUEST_BYTES) return 0;
    if (input.readUInt32BE(0) !== REQUEST_MAGIC) {
      socket.destroy();
      return 0;
    }
    const isWrite = input.readUInt16BE(6) === COMMAND.write;
    const length = REQUEST_BYTES + (isWrite ? input.readUInt32BE(24) : 0);
    if (input.length < length) return 0;
    obey(input.subarray(0, length));
    return length;
  };

  const obey = (request: Buffer): void => {
    const [flags, command] = [request.readUInt16BE(4), request.readUInt16BE(6)];
    const [handle, offset, length] = [
      request.subarray(8, 16),
      Number(request.readBigUInt64BE(16)),
      request.readUInt32BE(24),
    ];
    if (command === COMMAND.disconnect) {
      socket.end();
      return;
    }
    let data: Uint8Array | null = null;
    let error = 0;
    try {
      if (command === COMMAND.read) data = disk.read(offset, length);
      else if (command === COMMAND.write) {
        disk.write(offset, request.subarray(REQUEST_BYTES), (flags & FORCE_UNIT_ACCESS) !== 0);
        onMoment('write');
      } else if (command === COMMAND.flush) {
        onMoment('before_flush');
        if (isFrozen()) return;
        disk.flush();
        onMoment('after_flush');
      } else error = INVALID_ARGUMENT;
    } catch {
      error = INVALID_ARGUMENT;
    }
    if (isFrozen()) return;
    const head = Buffer.alloc(16);
    head.writeUInt32BE(SIMPLE_REPLY_MAGIC, 0);
    head.writeUInt32BE(error, 4);
    handle.copy(head, 8);
    socket.write(head);
    if (data !== null) socket.write(data);
  };

  socket.on('data', (chunk: Buffer) => {
    input = Buffer.concat([input, chunk]);
    while (!isFrozen() && !socket.destroyed) {
      const taken = step();
      if (taken === 0) return;
      input = input.subarray(taken);
    }
  });
}

function optionReply(option: number, type: number, data: Uint8Array = new Uint8Array()): Uint8Array {
  const head = Buffer.alloc(20);
  head.writeBigUInt64BE(OPTION_REPLY_MAGIC, 0);
  head.writeUInt32BE(option, 8);
  head.writeUInt32BE(type, 12);
  head.writeUInt32BE(data.length, 16);
  return Buffer.concat([head, data]);
}

function exportInfo(disk: VolatileDisk): Uint8Array {
  const info = Buffer.alloc(12);
  info.writeUInt16BE(INFO.export, 0);
  info.writeBigUInt64BE(BigInt(disk.sizeBytes), 2);
  info.writeUInt16BE(EXPORT_FLAGS, 10);
  return info;
}

function blockSizeInfo(): Uint8Array {
  const info = Buffer.alloc(14);
  info.writeUInt16BE(INFO.blockSize, 0);
  info.writeUInt32BE(PREFERRED_BYTES, 2);
  info.writeUInt32BE(PREFERRED_BYTES, 6);
  info.writeUInt32BE(MOST_BYTES, 10);
  return info;
}

function listen(server: Server, path: string): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
}
