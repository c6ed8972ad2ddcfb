import { chmodSync, existsSync, unlinkSync } from 'node:fs';
import { createConnection, createServer, type Socket } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AgentError, type JsonValue } from '../kit/index.ts';
import { type ControlRequest, type ControlResponse, controlRequestSchema } from './control-protocol.ts';

/** The control socket while it accepts. */
export interface ControlServer {
  /** Takes no more, lets answers leave, and removes the socket. Idempotent. */
  close(): Promise<void>;
}

/**
 * Serves JSON lines on a Unix socket that only its user may open. Rejects with `already_running` when another host
 * answers there.
 */
export async function serveControl(
  path: string,
  handle: (request: ControlRequest) => Promise<JsonValue>,
): Promise<ControlServer> {
  if (existsSync(path)) {
    if (await answers(path)) {
      throw new AgentError('already_running', `Another simulator host answers at ${path}.`, {
        hint: 'Stop it first, or use it as it is.',
      });
    }
    unlinkSync(path);
  }
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => socket.destroy());
    socket.once('close', () => sockets.delete(socket));
    createInterface({ input: socket }).on('line', (line) => {
      void answer(line, handle).then((response) => {
        if (socket.writable) socket.write(`${JSON.stringify(response)}\n`);
      });
    });
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(path, resolve);
  });
  chmodSync(path, 0o600);

  let closing: Promise<void> | undefined;
  return {
    close() {
      closing ??= new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroySoon();
      });
      return closing;
    },
  };
}

async function answer(line: string, handle: (request: ControlRequest) => Promise<JsonValue>): Promise<ControlResponse> {
  let id: number | null = null;
  try {
    const read: unknown = JSON.parse(line);
    id = z.object({ id: z.int().min(0) }).safeParse(read).data?.id ?? null;
    const parsed = controlRequestSchema.safeParse(read);
    if (!parsed.success) return { id, ok: false, message: `not a request: ${z.prettifyError(parsed.error)}` };
    return { id: parsed.data.id, ok: true, result: z.json().parse(await handle(parsed.data)) };
  } catch (error) {
    const message =
      error instanceof z.ZodError ? z.prettifyError(error) : error instanceof Error ? error.message : String(error);
    return { id, ok: false, message };
  }
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = createConnection(path);
    socket.once('connect', () => {
      socket.destroy();
      resolve(true);
    });
    socket.once('error', () => resolve(false));
  });
}
