import { AgentError } from '../../../drivers/kit/index.ts';
import type { FibricCloudObject } from '../../api/schemas/index.ts';
import type { Clock, ConnectorService, Log } from '../../connectors/index.ts';
import type { Database } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { CloudEvents } from '../cloud-events.ts';
import { createSingleCarrier } from '../outbox/http-carrier.ts';
import type { Send } from '../way-out/send.ts';
import { createFibricClient } from './fibric-client.ts';
import { fibricKeyEntry, hintOfKey, modeOfKey } from './fibric-key.ts';
import { type Registrar, startRegistrar } from './registrar.ts';
import { openRegistrations } from './registrations.ts';

/** Fibric's own API as the cloud of this machine. */
export interface FibricCloud {
  status(): FibricCloudObject;
  /** Keeps the key in the vault and begins. Rejects with `invalid_parameter`, `vault_unavailable`. */
  setKey(key: string): Promise<void>;
  /** Forgets the key and ends. What is registered stays there. */
  removeKey(): Promise<void>;
  close(): Promise<void>;
}

/** Begins at once where the vault has a key. */
export async function startFibricCloud(parts: {
  readonly service: ConnectorService;
  readonly events: Pick<CloudEvents, 'use'>;
  readonly state: Database;
  readonly vault: Vault;
  readonly agentId: string;
  readonly config: { readonly base_url: string; readonly no_credential_auth: 'api_key' | 'none' };
  /** Whether the configuration chooses it. */
  readonly inUse: boolean;
  readonly clock: Clock;
  readonly log: Log;
  readonly send: Send;
  /** Calls the listener when the way there was changed; returns what ends that. */
  readonly onWayChange: (listener: () => void) => () => void;
}): Promise<FibricCloud> {
  const { service, events, state, vault, agentId, config, inUse, clock, log, send, onWayChange } = parts;
  const origin = config.base_url.replace(/\/+$/, '');
  const registrations = openRegistrations(state, clock.now);
  let registrar: Registrar | null = null;
  let key: string | null = null;
  let problem: { readonly code: string; readonly message: string } | null = null;

  const begin = (token: string) => {
    const mode = modeOfKey(token);
    key = token;
    problem = null;
    registrar = startRegistrar({
      service,
      registrations,
      client: createFibricClient({ origin, token }, send),
      vault,
      agentId,
      live: mode === 'live',
      noCredentialAuth: config.no_credential_auth,
      clock,
      log,
    });
    events.use({ name: origin, id: `${origin} ${mode}`, carrier: createSingleCarrier({ origin, token, mode }, send) });
  };
  const end = async () => {
    const ending = registrar;
    registrar = null;
    key = null;
    await ending?.close();
  };

  /** One after the other: a registrar is gone before the next begins. */
  let turn: Promise<void> = Promise.resolve();
  const inTurn = (task: () => Promise<void>): Promise<void> => {
    const done = turn.then(task);
    turn = done.catch(() => {});
    return done;
  };
  // What waits for its next try need not wait for a way that is mended.
  const stopFollowing = onWayChange(() => {
    void inTurn(async () => {
      const token = key;
      if (token === null) return;
      await end();
      begin(token);
    }).catch((error: unknown) => log.error({ err: error }, 'The registrar was not begun anew'));
  });

  if (inUse) {
    // Events are kept from now on, also while the vault is locked or no key was given yet.
    events.use({ name: origin, id: null, carrier: null });
    try {
      const kept = await vault.get(fibricKeyEntry);
      if (kept !== null) begin(kept);
    } catch (error) {
      const { code, message } = AgentError.from(error);
      problem = { code, message };
      log.warn({ code, err: error }, 'The key for Fibric could not be read');
    }
  }

  return {
    status() {
      const fault = problem ?? registrar?.fault() ?? null;
      return {
        object: 'fibric_cloud',
        in_use: inUse,
        base_url: origin,
        key: key === null ? null : { hint: hintOfKey(key), mode: modeOfKey(key) },
        error: fault,
        connectors: service.list().flatMap(({ id, name, kind, device, simulated }) => {
          if (kind !== 'hardware') return [];
          const own = registrations.find(id);
          const withheld = simulated && key !== null && modeOfKey(key) === 'live';
          return [
            {
              connector_id: id,
              name,
              state: withheld ? 'withheld' : device === null ? 'no_device' : (own?.state ?? 'waiting'),
              remote_id: own?.remoteId ?? null,
              generation: own?.generation ?? null,
              error: own?.error ?? null,
            },
          ];
        }),
      };
    },
    async setKey(next) {
      modeOfKey(next);
      await vault.set(fibricKeyEntry, next);
      await inTurn(async () => {
        await end();
        if (inUse) begin(next);
      });
    },
    async removeKey() {
      await vault.delete(fibricKeyEntry);
      await inTurn(end);
      if (inUse) events.use({ name: origin, id: null, carrier: null });
    },
    async close() {
      stopFollowing();
      await inTurn(end);
    },
  };
}
