import type { ServerContext } from '@modelcontextprotocol/server';
import type { Principal } from '../api/index.ts';
import type { Toolset } from './toolset.ts';

/**
 * One HTTP request on its way through the SDK: who asks, what for, when to stop, and what to do once the answer has left.
 */
export class Exchange {
  readonly principal: Principal;
  readonly toolset: Toolset;
  /** For people: the connector's name, or the agent's. */
  readonly title: string;
  readonly #abort = new AbortController();
  readonly #delivered: (() => void)[] = [];

  constructor(principal: Principal, toolset: Toolset, title: string) {
    this.principal = principal;
    this.toolset = toolset;
    this.title = title;
  }

  /** Aborts when the caller has gone, its token has ended, or it cancelled. */
  get signal(): AbortSignal {
    return this.#abort.signal;
  }

  abort(): void {
    this.#abort.abort();
  }

  /** Asks to be told when the whole answer has left for the caller. Never told when the caller went first. */
  onDelivered(listener: () => void): void {
    this.#delivered.push(listener);
  }

  /** The whole answer has left. */
  deliver(): void {
    for (const listener of this.#delivered.splice(0)) listener();
  }
}

/** How an exchange travels with a request through the SDK. The token itself stays outside. */
export function authInfoOf(exchange: Exchange) {
  const { principal } = exchange;
  return { token: '', clientId: principal.id, scopes: [...principal.scopes], extra: { exchange } };
}

/** The exchange that {@link authInfoOf} put in. */
export function exchangeOf(authInfo: { readonly extra?: Readonly<Record<string, unknown>> } | undefined): Exchange {
  const exchange = authInfo?.extra?.['exchange'];
  if (exchange instanceof Exchange) return exchange;
  throw new TypeError('A request reached the MCP server without its exchange');
}

/** The exchange of the request that a handler answers. */
export function exchangeIn(context: ServerContext): Exchange {
  return exchangeOf(context.http?.authInfo);
}
