import { once } from 'node:events';
import { WebSocket } from 'ws';

/** Bare WebSockets that say what they are told and go on where they were cut: the least that a fleet can be. */
export function createBareClients() {
  let sockets: WebSocket[] = [];
  let up = 0;
  let lastUpAt = 0;
  let ending = false;

  const open = (url: string, index: number, first: () => void) => {
    const socket = new WebSocket(url, { perMessageDeflate: false });
    sockets[index] = socket;
    let greeted = false;
    socket.on('message', (data) => {
      // The first is a greeting, as a hub's challenge; every other is a question.
      socket.send(String(data));
      if (greeted) return;
      greeted = true;
      up += 1;
      lastUpAt = Date.now();
      first();
    });
    socket.on('error', () => {});
    socket.once('close', () => {
      if (greeted) up -= 1;
      if (!ending) setTimeout(() => open(url, index, first), 500).unref();
    });
  };
  return {
    /** Resolves when all stand. */
    async open(url: string, count: number): Promise<null> {
      ending = false;
      sockets = [];
      await Promise.all(
        Array.from({ length: count }, (_, index) => new Promise<void>((resolve) => open(url, index, resolve))),
      );
      return null;
    },
    state: () => ({ up, lastUpAt }),
    async close(): Promise<null> {
      ending = true;
      await Promise.all(
        sockets.map((socket) => {
          if (socket.readyState === WebSocket.CLOSED) return null;
          const closed = once(socket, 'close');
          socket.terminate();
          return closed;
        }),
      );
      return null;
    },
  };
}
