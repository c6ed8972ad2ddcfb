import { createServer, type Socket } from 'node:net';
import { createNegotiation } from '../sessions/rfc2217/negotiation.ts';
import { createTelnetDecoder, encodeTelnet, type TelnetEvent } from '../sessions/rfc2217/telnet.ts';

/** How a port server of the tests behaves; all as it should at first. */
export interface PortServerHabits {
  /** Options that it won't hear of. */
  readonly refuses: ReadonlySet<number>;
  /** Its answer to a request of the client's; null: none. */
  readonly answer: (request: Uint8Array) => Uint8Array | null;
  /** Says nothing at all. */
  readonly mute: boolean;
  /** What it says before it hangs up at once. */
  readonly dismissal: string | null;
}

/** A port server at the far end of a connection, where a real one can't be brought to misbehave. */
export interface PortServer {
  readonly port: number;
  /** Data that arrived, unescaped. */
  data(): Buffer;
  /** Resolves when this many bytes of data are there. */
  received(count: number): Promise<void>;
  /** Every request about its port, in order. */
  readonly requests: readonly Uint8Array[];
  say(event: TelnetEvent): void;
  /** Resolves when the client is gone. */
  readonly hungUp: Promise<void>;
  close(): Promise<void>;
}

const COM_PORT = 44;

/** Listens on loopback. */
export async function startPortServer(habits: Partial<PortServerHabits> = {}): Promise<PortServer> {
  const { refuses = new Set(), answer = agree, mute = false, dismissal = null } = habits;
  const requests: Uint8Array[] = [];
  let data = Buffer.alloc(0);
  let current: Socket | null = null;
  const waiting = new Set<() => void>();
  const hungUp = Promise.withResolvers<void>();
  const say = (event: TelnetEvent) => void current?.write(encodeTelnet(event));

  const server = createServer((socket) => {
    current = socket;
    socket.setNoDelay(true);
    socket.once('close', hungUp.resolve);
    socket.on('error', () => socket.destroy());
    if (dismissal !== null) {
      socket.end(dismissal);
      return;
    }
    const decoder = createTelnetDecoder();
    const wanted = [COM_PORT, 0, 3].filter((option) => !refuses.has(option));
    const negotiation = createNegotiation({ us: wanted, them: wanted });
    socket.on('data', (chunk: Buffer) => {
      for (const event of decoder.push(chunk)) {
        if (mute) continue;
        if (event.type === 'negotiation') {
          const reply = negotiation.receive(event.verb, event.option);
          if (reply !== null) say({ type: 'negotiation', ...reply });
        } else if (event.type === 'subnegotiation') {
          requests.push(event.payload);
          const payload = answer(event.payload);
          if (payload !== null) say({ type: 'subnegotiation', option: COM_PORT, payload });
        } else if (event.type === 'data') {
          data = Buffer.concat([data, event.bytes]);
          for (const wake of [...waiting]) wake();
        }
      }
    });
    if (!mute) for (const request of negotiation.start()) say({ type: 'negotiation', ...request });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('no port');
  return {
    port: address.port,
    data: () => data,
    received: (count) =>
      new Promise((resolve) => {
        const wake = () => {
          if (data.length < count) return;
          waiting.delete(wake);
          resolve();
        };
        waiting.add(wake);
        wake();
      }),
    requests,
    say,
    hungUp: hungUp.promise,
    close: () =>
      new Promise((resolve) => {
        current?.destroy();
        server.close(() => resolve());
      }),
  };
}

/** Takes every setting. */
export function agree(request: Uint8Array): Uint8Array {
  const answer = Uint8Array.from(request);
  answer[0] = (answer[0] ?? 0) + 100;
  return answer;
}
