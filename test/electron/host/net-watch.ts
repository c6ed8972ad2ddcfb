import dgram from 'node:dgram';
import { appendFileSync } from 'node:fs';
import net from 'node:net';

/** Where connections are written down; null where the test did not ask. */
const file = process.env['STAND_IN_NET_LOG'] ?? null;

/** Writes one line, where the test asked for it. */
export function logConnection(who: string, address: string): void {
  if (file !== null) appendFileSync(file, `${JSON.stringify({ who, address })}\n`);
}

/** From now on every connection of this process is written down, before it is made. */
export function watchConnections(who: string): void {
  if (file === null) return;
  logConnection(who, 'watched:');
  const connect = net.Socket.prototype.connect;
  net.Socket.prototype.connect = function (this: net.Socket, ...args: never[]) {
    const [first] = args as unknown[];
    const options = Array.isArray(first) ? first[0] : first;
    const { path, host, port } = (typeof options === 'object' && options !== null ? options : { port: options }) as {
      // Node's http names no socket by null.
      path?: string | null;
      host?: string;
      port?: unknown;
    };
    logConnection(who, path == null ? `tcp://${host ?? 'localhost'}:${port}` : `unix:${path}`);
    return Reflect.apply(connect, this, args);
  } as typeof connect;
  const send = dgram.Socket.prototype.send;
  dgram.Socket.prototype.send = function (this: dgram.Socket, ...args: never[]) {
    logConnection(
      who,
      `udp://${(args as unknown[]).filter((part) => typeof part === 'string' || typeof part === 'number').join(':')}`,
    );
    return Reflect.apply(send, this, args);
  } as typeof send;
}
