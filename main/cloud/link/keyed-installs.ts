import canonicalize from 'canonicalize';
import type { JsonObject, JsonValue } from '../../../drivers/kit/index.ts';
import { createIdempotency, hashBody, type IdempotencyStore, type KeyRecord } from '../../api/index.ts';
import { type ConnectorObject, type InstallBody, jsonObjectSchema } from '../../api/schemas/index.ts';
import type { Clock } from '../clock.ts';

const ROUTE = '/v1/connectors';
/** How long a repeat waits for its first request, which may go on after its link was cut. */
const WAIT_MS = 20_000;

/** Installs of a hub under the Idempotency-Key of its caller. */
export interface KeyedInstalls {
  /**
   * Runs `install`, or gives the answer that is bound to this caller's key. What was sealed is compared by what is in it:
   * sealed anew it is the same request. Rejects with `idempotency_conflict`, `entity_locked`, and as `install` does.
   */
  run(
    request: {
      readonly caller: string;
      readonly key: string;
      readonly body: InstallBody;
      readonly signal: AbortSignal;
    },
    install: (record: KeyRecord<ConnectorObject>) => Promise<JsonObject>,
  ): Promise<JsonValue>;
}

/** Binds keys where the agent's own API binds them, in the commit that makes the connector. */
export function createKeyedInstalls(parts: {
  readonly store: IdempotencyStore;
  /** Rejects with `vault_unavailable`. */
  readonly hmacKey: () => Promise<Buffer>;
  readonly clock: Clock;
  readonly onFault: (error: unknown) => void;
}): KeyedInstalls {
  const { store, hmacKey, clock, onFault } = parts;
  const idempotency = createIdempotency({
    store,
    clock: () => clock.now(),
    after: (delayMs, run) => clock.after(delayMs, run),
    waitMs: WAIT_MS,
    onFault,
  });
  return {
    async run({ caller, key, body, signal }, install) {
      const hash = await hashBody(Buffer.from(canonicalize(body) ?? ''), hmacKey);
      const scope = { principal: caller, method: 'POST', route: ROUTE, key };
      const bind = (answer: object) => ({ status: 201, response: JSON.stringify(answer), requestId: 'link' });
      const ran = await idempotency.run(scope, hash, signal, async (recordOf) => {
        const outcome = await install((connector) => recordOf(bind({ connector })));
        return { outcome, bind: bind(outcome) };
      });
      if (ran.kind === 'first') return ran.outcome;
      return { ...jsonObjectSchema.parse(JSON.parse(ran.answer.response)), replayed: true };
    },
  };
}
