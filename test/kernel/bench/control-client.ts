import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import { onJsonLines, within } from './json-lines.ts';

/** How a program in the guest ended. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** What the tests may ask of the guest (the other end is guest/control.mts). */
export interface GuestControl {
  /** Runs a program to its end. */
  run(
    argv: readonly string[],
    options?: { readonly env?: Record<string, string>; readonly timeoutMs?: number },
  ): Promise<Ended>;
  /** As {@link run}, and rejects with what it said unless it ends well; resolves with its output. */
  must(...argv: readonly string[]): Promise<string>;
  /** Starts a program that goes on. */
  start(log: string, argv: readonly string[], env?: Record<string, string>): Promise<number>;
  /** Signals what {@link start} started, and resolves with its exit code. */
  kill(pid: number, signal: NodeJS.Signals): Promise<number | null>;
  write(path: string, text: string, mode?: number): Promise<void>;
  read(path: string): Promise<string>;
  /** Lets the host reach a loopback port or a socket of the guest through this port. */
  forward(port: number, to: number | string): Promise<void>;
  /** Resolves when what was plugged in by a connection from this port of the host is in a socket of the guest. */
  plugged(from: number): Promise<void>;
  /** Resolves when that is out of its socket, and the socket is free for the next. */
  unplugged(from: number): Promise<void>;
  close(): void;
}

const RETRY_MS = 400;
/** On a machine with much else to do a guest that is up answers no sooner. */
const LONGEST_RETRY_MS = 8_000;

/**
 * Connects to the guest, again and again until it answers or `deadlineMs` is over: QEMU accepts connections long before
 * the guest is up, and a patient one is served late.
 */
export async function connectControl(port: number, deadlineMs: number): Promise<GuestControl> {
  const end = performance.now() + deadlineMs;
  let retryMs = RETRY_MS;
  for (;;) {
    const socket = connect(port, '127.0.0.1');
    socket.setNoDelay(true);
    socket.on('error', () => socket.destroy());
    const control = serve(socket);
    try {
      await within(retryMs, 'the guest', once(socket, 'connect'));
      await within(retryMs * 2, 'the guest', control.run(['true']));
      return control;
    } catch (error) {
      control.close();
      if (performance.now() > end) throw error;
    }
    retryMs = Math.min(retryMs * 1.2, LONGEST_RETRY_MS);
    // A refused connection ends at once.
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
}

function serve(socket: Socket): GuestControl {
  const waiting = new Map<number, PromiseWithResolvers<Record<string, unknown>>>();
  let lastId = 0;
  socket.on('close', () => {
    for (const { reject } of waiting.values()) reject(new Error('the guest has ended'));
  });
  onJsonLines(socket, ({ id, result, error }) => {
    const request = waiting.get(Number(id));
    waiting.delete(Number(id));
    if (error === undefined) request?.resolve(Object(result));
    else request?.reject(new Error(`the guest: ${error}`));
  });
  const ask = (request: Record<string, unknown>, timeoutMs = 30_000) => {
    lastId += 1;
    const answer = Promise.withResolvers<Record<string, unknown>>();
    waiting.set(lastId, answer);
    socket.write(`${JSON.stringify({ id: lastId, ...request })}\n`);
    return within(timeoutMs, `the guest, asked ${JSON.stringify(request).slice(0, 200)}`, answer.promise);
  };

  const run: GuestControl['run'] = async (argv, { env = {}, timeoutMs = 60_000 } = {}) => {
    const { code, stdout, stderr } = await ask({ do: 'run', argv, env, timeoutMs }, timeoutMs + 5_000);
    return { code: typeof code === 'number' ? code : null, stdout: String(stdout), stderr: String(stderr) };
  };
  return {
    run,
    async must(...argv) {
      const { code, stdout, stderr } = await run(argv);
      if (code !== 0) throw new Error(`${argv.join(' ')} ended with ${code} in the guest: ${stdout}${stderr}`);
      return stdout;
    },
    start: async (log, argv, env = {}) => Number((await ask({ do: 'start', argv, env, log }))['pid']),
    async kill(pid, signal) {
      const { code } = await ask({ do: 'kill', pid, signal }, 60_000);
      return typeof code === 'number' ? code : null;
    },
    write: async (path, text, mode = 0o644) => void (await ask({ do: 'write', path, text, mode })),
    read: async (path) => String((await ask({ do: 'read', path }))['text']),
    forward: async (port, to) => void (await ask({ do: 'forward', port, to })),
    plugged: async (from) => void (await ask({ do: 'plugged', from })),
    unplugged: async (from) => void (await ask({ do: 'unplugged', from })),
    close: () => void socket.destroy(),
  };
}
