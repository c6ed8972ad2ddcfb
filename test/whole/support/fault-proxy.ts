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
  /** Everything takes so long each way. */
  delay(ms: number): void;
  /** Each connection that is open is reset once so many more bytes have gone one way, in the middle of whatever that is. */
  breakAfter(bytes: number): void;
  /** New connections are taken, and never answered. */
  hush(): void;
  /** How many connections it has taken. */
  taken(): number;
  /** New connections go through again, at once; stalled ones stay so. */
  mend(): void;
  close(): Promise<void>;
}

/** Starts one. */
export async function startFaultProxy(): Promise<FaultProxy> {
  let target = 0;
  let stalled = false;
  let swallowing: 'answers' | 'requests' | null = null;
  let swallowed = 0;
  let hushed = false;
  let delayMs = 0;
  let taken = 0;
  const pairs = new Set<readonly Socket[]>();
  /** How much each socket of a pair may still hand on, where that is bounded. */
  const room = new Map<Socket, number>();
  const timers = new Set<NodeJS.Timeout>();
  const later = (run: () => void) => {
    if (delayMs === 0) return run();
    const timer = setTimeout(() => {
      timers.delete(timer);
      run();
    }, delayMs);
    timers.add(timer);
  };
  const server = createServer((near) => {
    taken += 1;
    const far = hushed ? null : connect(target, '127.0.0.1');
    const pair = far === null ? [near] : [near, far];
    pairs.add(pair);
    const state = { stalled };
    const end = () => {
      pairs.delete(pair);
      for (const socket of pair) {
        room.delete(socket);
        socket.destroy();
      }
    };
    for (const socket of pair) socket.on('error', end).once('close', () => later(end));
    /** One way: what comes at `from` leaves at `to`, if it does. */
    const carry = (from: Socket, to: Socket, what: 'answers' | 'requests') => {
      from.on('data', (chunk) => {
        state.stalled ||= stalled;
        if (swallowing === what) swallowed += chunk.length;
        if (state.stalled || swallowing === what) return;
        const left = room.get(from) ?? null;
        if (left !== null) room.set(from, Math.max(0, left - chunk.length));
        later(() => {
          if (to.destroyed) return;
          const breaks = left !== null && left < chunk.length;
          // Written whole, it has left before the reset.
          to.write(breaks ? chunk.subarray(0, left) : chunk, () => {
            if (breaks) for (const socket of pair) socket.resetAndDestroy();
          });
        });
      });
    };
    if (far === null) near.resume();
    else {
      carry(near, far, 'answers');
      carry(far, near, 'requests');
    }
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    aim(port) {
      target = port;
    },
    cut() {
      for (const pair of pairs) for (const socket of pair) socket.resetAndDestroy();
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
    delay(ms) {
      delayMs = ms;
    },
    breakAfter(bytes) {
      for (const pair of pairs) for (const socket of pair) room.set(socket, bytes);
    },
    hush() {
      hushed = true;
    },
    taken: () => taken,
    mend() {
      stalled = false;
      swallowing = null;
      hushed = false;
      delayMs = 0;
    },
    async close() {
      for (const timer of timers) clearTimeout(timer);
      for (const pair of pairs) for (const socket of pair) socket.destroy();
      server.close();
      await once(server, 'close');
    },
  };
}
