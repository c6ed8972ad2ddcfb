/**
 * The least that can stand in a hub's place: WebSockets that are greeted once, and an HTTP request that goes to one of them and
 * comes back as its answer. Prints its port. The first argument: the port, 0 for a free one.
 */
import { randomBytes } from 'node:crypto';
import { createServer, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { type WebSocket, WebSocketServer } from 'ws';

const sockets: WebSocket[] = [];
const waiting = new Map<number, ServerResponse>();
let next = 0;
const http = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const body: unknown = JSON.parse(Buffer.concat(chunks).toString('utf8'));
    next += 1;
    waiting.set(next, response);
    sockets[next % sockets.length]?.send(JSON.stringify({ id: next, body }));
  });
});
const server = new WebSocketServer({ server: http, perMessageDeflate: false });
server.on('connection', (socket) => {
  sockets.push(socket);
  socket.on('message', (data) => {
    const { id, body }: { id?: number; body?: unknown } = JSON.parse(String(data));
    const response = waiting.get(id ?? 0);
    if (response === undefined) return;
    waiting.delete(id ?? 0);
    const text = JSON.stringify(body);
    response.writeHead(200, { 'Content-Type': 'application/json', 'Content-Length': Buffer.byteLength(text) });
    response.end(text);
  });
  socket.on('close', () => sockets.splice(sockets.indexOf(socket), 1));
  socket.on('error', () => {});
  socket.send(JSON.stringify({ nonce: randomBytes(32).toString('base64url') }));
});
http.listen(Number(process.argv[2]), '127.0.0.1', () =>
  process.stdout.write(`port ${(http.address() as AddressInfo).port}\n`),
);
