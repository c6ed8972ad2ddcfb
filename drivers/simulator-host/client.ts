import { createConnection } from 'node:net';
import { createInterface } from 'node:readline';
import { z } from 'zod';
import { AgentError, type JsonObject, type JsonValue } from '../kit/index.ts';
import type { FaultKind } from '../kit/simulator/faults.ts';
import {
  type ControlRequest,
  controlResponseSchema,
  type HostedDeviceStatus,
  hostedDeviceSchema,
  stateSchema,
} from './control-protocol.ts';

const DEFAULT_TIMEOUT_MS = 10_000;

/**
 * Control of a running simulator host. Methods reject with `invalid_arguments` when the host says no (an unknown name, a
 * bad change), `deadline_exceeded` when it does not answer in time, `closed` when the connection ends first.
 */
export interface SimulatorHostClient {
  list(): Promise<readonly HostedDeviceStatus[]>;
  /** Resolves when the path exists. */
  plug(name: string): Promise<void>;
  /** Resolves when the path is gone, as when a cable is pulled. */
  unplug(name: string): Promise<void>;
  /** Spoils the next `count` answers, or all from now on; `none` ends it. */
  fault(name: string, kind: FaultKind, count?: number): Promise<void>;
  /** Changes what a person at the device could; resolves with the state after it. */
  change(name: string, change: JsonObject): Promise<JsonObject>;
  state(name: string): Promise<JsonObject>;
  /** A closer look than the state gives: the paper of a printer. */
  view(name: string, request?: JsonObject): Promise<JsonObject>;
  /** Ends the host and its wires; resolves when it has let go of the control socket. */
  stop(): Promise<void>;
  /** Ends this connection only. Idempotent. */
  close(): void;
}

type WithoutId<T> = T extends unknown ? Omit<T, 'id'> : never;

interface Waiting {
  readonly resolve: (result: JsonValue) => void;
  readonly reject: (error: AgentError) => void;
}

/** Connects to the control socket of a simulator host; rejects with `agent_unreachable` when nobody answers there. */
export async function connectSimulatorHost(
  socketPath: string,
  options: { readonly timeoutMs?: number } = {},
): Promise<SimulatorHostClient> {
  const timeoutMs = options.timeoutMs ?? DEFAULT_TIMEOUT_MS;
  const socket = createConnection(socketPath);
  const waiting = new Map<number, Waiting>();
  let lastId = 0;

  const closed = new Promise<void>((resolve) => {
    socket.once('close', () => {
      const error = new AgentError('closed', `The simulator host at ${socketPath} ended the connection.`);
      for (const { reject } of waiting.values()) reject(error);
      resolve();
    });
  });
  await new Promise<void>((resolve, reject) => {
    const timer = setTimeout(() => socket.destroy(new Error(`no connection within ${timeoutMs} ms`)), timeoutMs);
    socket.once('connect', () => {
      clearTimeout(timer);
      resolve();
    });
    socket.on('error', (cause) => {
      clearTimeout(timer);
      reject(unreachable(socketPath, cause));
    });
  });

  createInterface({ input: socket }).on('line', (line) => {
    const response = controlResponseSchema.parse(JSON.parse(line));
    const request = response.id === null ? undefined : waiting.get(response.id);
    if (response.ok) request?.resolve(response.result);
    else request?.reject(new AgentError('invalid_arguments', `The simulator host refused: ${response.message}.`));
  });

  const ask = async (request: WithoutId<ControlRequest>): Promise<JsonValue> => {
    if (socket.destroyed)
      throw new AgentError('closed', `The connection to the simulator host at ${socketPath} has ended.`);
    lastId += 1;
    const id = lastId;
    const { promise, resolve, reject } = Promise.withResolvers<JsonValue>();
    waiting.set(id, { resolve, reject });
    const timer = setTimeout(() => {
      reject(
        new AgentError('deadline_exceeded', `The simulator host did not answer ${request.method} in ${timeoutMs} ms.`),
      );
    }, timeoutMs);
    socket.write(`${JSON.stringify({ id, ...request })}\n`);
    try {
      return await promise;
    } finally {
      clearTimeout(timer);
      waiting.delete(id);
    }
  };

  return {
    list: async () => z.array(hostedDeviceSchema).parse(await ask({ method: 'list' })),
    plug: async (name) => void (await ask({ method: 'plug', name })),
    unplug: async (name) => void (await ask({ method: 'unplug', name })),
    fault: async (name, kind, count) =>
      void (await ask({ method: 'fault', name, kind, ...(count === undefined ? {} : { count }) })),
    change: async (name, change) => stateSchema.parse(await ask({ method: 'change', name, change: plain(change) })),
    state: async (name) => stateSchema.parse(await ask({ method: 'state', name })),
    view: async (name, request = {}) => stateSchema.parse(await ask({ method: 'view', name, request: plain(request) })),
    async stop() {
      await ask({ method: 'stop' });
      await closed;
    },
    close: () => void socket.destroy(),
  };
}

/** As it will arrive: without absent keys. */
function plain(change: JsonObject): z.output<typeof stateSchema> {
  return stateSchema.parse(JSON.parse(JSON.stringify(change)));
}

function unreachable(socketPath: string, cause: Error): AgentError {
  return new AgentError('agent_unreachable', `No simulator host answers at ${socketPath}: ${cause.message}.`, {
    cause,
  });
}
