import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';

/** A TCP proxy between an agent and its hub that a test breaks in one way or another. */
export interface FaultProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  /** Where it connects to from now on. */
  aim(port: number): void;
  /** Ends every connection with a reset. */
  cut(): void;
  /** From now on nothing goes through, and nobody is told: connections stay open on both sides. */
  stall(): void;
  /** What the agent says no longer reaches the hub; the other way is open. */
  swallowAnswers(): void;
  /** What the hub says no longer reaches the agent; the other way is open. */
  swallowRequests(): void;
  /** Bytes that were swallowed since it began. */
  swallowed(): number;
  /** New connections go through again; stalled ones stay so. */
  mend(): void;
  close(): Promise<void>;
}

/** Starts one. */
export async function startFaultProxy(): Promise<FaultProxy> {
  let target = 0;
  let stalled = false;
  let swallowing: 'answers' | 'requests' | null = null;
  let swallowed = 0;
  const pairs = new Set<readonly [Socket, Socket]>();
  const server = createServer((near) => {
    const far = connect(target, '127.0.0.1');
    const pair = [near, far] as const;
    pairs.add(pair);
    const state = { stalled };
    const end = () => {
      pairs.delete(pair);
      near.destroy();
      far.destroy();
    };
    for (const socket of pair) socket.on('error', end).once('close', end);
    near.on('data', (chunk) => {
      state.stalled ||= stalled;
      if (swallowing === 'answers') swallowed += chunk.length;
      else if (!state.stalled) far.write(chunk);
    });
    far.on('data', (chunk) => {
      state.stalled ||= stalled;
      if (swallowing === 'requests') swallowed += chunk.length;
      else if (!state.stalled) near.write(chunk);
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aim(port) {
      target = port;
    },
    cut() {
      for (const [near, far] of pairs) {
        near.resetAndDestroy();
        far.resetAndDestroy();
      }
    },
    stall() {
      stalled = true;
    },
    swallowAnswers() {
      swallowing = 'answers';
      swallowed = 0;
    },
    swallowRequests() {
      swallowing = 'requests';
      swallowed = 0;
    },
    swallowed: () => swallowed,
    mend() {
      stalled = false;
      swallowing = null;
    },
    async close() {
      for (const [near, far] of pairs) {
        near.destroy();
        far.destroy();
      }
      server.close();
      await once(server, 'close');
    },
  };
}
