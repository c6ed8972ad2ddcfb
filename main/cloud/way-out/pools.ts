import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { AgentError } from '../../../drivers/kit/index.ts';

/** More at once than the outbox and the registrar ever have. */
const MOST_SOCKETS = 4;

/** Connections that are used again, by origin. */
export interface Pools {
  of(origin: string): Agent;
  /** Ends all of them: the next ones are made as things are then. */
  renew(): void;
  close(): void;
}

/** Pools whose connections `open` makes. */
export function createPools(open: (origin: string, signal: AbortSignal) => Promise<Socket>): Pools {
  const pools = new Map<string, Agent>();
  let life = new AbortController();
  const renew = () => {
    life.abort(new AgentError('closed', 'The way out was changed meanwhile.'));
    life = new AbortController();
    for (const pool of pools.values()) pool.destroy();
    pools.clear();
  };
  return {
    of(origin) {
      const known = pools.get(origin);
      if (known !== undefined) return known;
      const { Agent: HttpAgent } = process.getBuiltinModule('node:http');
      const made = new HttpAgent({ keepAlive: true, maxSockets: MOST_SOCKETS });
      const { signal } = life;
      made.createConnection = (_options, done) => {
        open(origin, signal).then(
          (socket) => done?.(null, socket),
          (error: Error) => done?.(error, undefined as never),
        );
        return undefined;
      };
      pools.set(origin, made);
      return made;
    },
    renew,
    close: renew,
  };
}
