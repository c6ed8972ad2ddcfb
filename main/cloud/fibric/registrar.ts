import { randomBytes } from 'node:crypto';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { Clock, Connector, ConnectorService, Log } from '../../connectors/index.ts';
import type { Vault } from '../../vault/index.ts';
import { createBackOff } from '../outbox/back-off.ts';
import type { FibricClient, RemoteConnector } from './fibric-client.ts';
import type { Registration, Registrations } from './registrations.ts';

/** Keeps the connectors of this machine at Fibric's API as they are here. */
export interface Registrar {
  /** What keeps all of them from going on; null: nothing. */
  fault(): { readonly code: string; readonly message: string } | null;
  close(): Promise<void>;
}

const SOON_MS = 500;
const FIRST_MS = 1_000;
const LONGEST_MS = 5 * 60_000;
/** What was refused may be mended there: a listing that is out, a name that is free again. */
const REFUSED_MS = 15 * 60_000;
/** How often it is looked whether they are still there. */
const VERIFY_MS = 6 * 3_600_000;

type Step = 'done' | { readonly laterMs: number; readonly message: string };

/**
 * Begins at once. Which name and body are asked for is on disk before they are, so that a repeat after a crash is the same
 * request, and a name that is taken is ours only if it was being asked for.
 */
export function startRegistrar(parts: {
  readonly service: Pick<ConnectorService, 'list' | 'subscribe'>;
  readonly registrations: Registrations;
  readonly client: FibricClient;
  readonly vault: Pick<Vault, 'get' | 'set' | 'delete'>;
  readonly agentId: string;
  /** Real devices only. */
  readonly live: boolean;
  readonly noCredentialAuth: 'api_key' | 'none';
  readonly clock: Clock;
  readonly log: Log;
  readonly random?: () => number;
}): Registrar {
  const { service, registrations, client, vault, agentId, live, noCredentialAuth, clock, log } = parts;
  const closing = new AbortController();
  const { signal } = closing;
  const backOff = createBackOff({ firstMs: FIRST_MS, longestMs: LONGEST_MS, random: parts.random ?? Math.random });
  const verified = new Set<string>();
  const refusedUntil = new Map<string, number>();
  let fault: ReturnType<Registrar['fault']> = null;
  let cancelTimer: (() => void) | null = null;
  let running: Promise<void> | null = null;
  let wanted = false;

  const bodyOf = ({ listing, name }: Connector, deviceId: string): string =>
    JSON.stringify({ listing, name, auth: { type: noCredentialAuth }, config: { agent: agentId, device: deviceId } });

  /** The bytes that are sent: the stored body with its secret. */
  const requestOf = async (registration: Registration): Promise<string> => {
    if (registration.secretEntry === null) return registration.body;
    const secret = await vault.get(registration.secretEntry);
    if (secret === null) throw new AgentError('vault_unavailable', `The vault has lost ${registration.secretEntry}.`);
    const body: Readonly<Record<string, unknown>> = JSON.parse(registration.body);
    return JSON.stringify({ ...body, auth: { type: 'api_key', key: secret } });
  };

  const begin = async (connector: Connector, deviceId: string): Promise<void> => {
    const generation = registrations.generationOf(deviceId) + 1;
    const secretEntry = noCredentialAuth === 'api_key' ? `cloud/fibric/${connector.id}/${generation}` : null;
    if (secretEntry !== null) await vault.set(secretEntry, `edge_${randomBytes(32).toString('base64url')}`);
    await registrations.put({
      connectorId: connector.id,
      deviceId,
      generation,
      name: connector.name,
      listing: connector.listing,
      body: bodyOf(connector, deviceId),
      secretEntry,
      state: 'installing',
      attempted: false,
      remoteId: null,
      error: null,
    });
  };

  const registered = async (registration: Registration, remote: RemoteConnector): Promise<Step> => {
    await registrations.put({
      ...registration,
      state: 'registered',
      attempted: true,
      remoteId: remote.id,
      error: null,
    });
    verified.add(registration.connectorId);
    log.info({ connector: registration.connectorId, remote: remote.id }, 'A connector is registered at Fibric');
    return 'done';
  };
  const failed = async (registration: Registration, code: string, message: string): Promise<Step> => {
    refusedUntil.set(registration.connectorId, clock.monotonicMs() + REFUSED_MS);
    log.warn({ connector: registration.connectorId, code }, `Fibric does not take a connector: ${message}`);
    await registrations.put({
      ...registration,
      state: 'failed',
      attempted: registration.attempted,
      error: { code, message },
    });
    return 'done';
  };

  const isOurs = (remote: RemoteConnector, { name, listing }: Registration) =>
    remote.name === name && remote.listing === listing && (remote.kind ?? 'hardware') === 'hardware';

  /** After `state_conflict` on a repeat: what has our name may be what the first request made. */
  const adopt = async (registration: Registration): Promise<Step> => {
    const asked = await client.findByName(registration.name, signal);
    if (asked.kind === 'later') return { laterMs: asked.afterMs, message: asked.message };
    if (asked.kind === 'no') return refusal(registration, asked);
    if (asked.found === null) return { laterMs: 0, message: 'The name is taken, and no connector has it.' };
    // The list is a summary, and may be old: what is adopted is looked at by itself.
    const retrieved = await client.get(asked.found.id, signal);
    if (retrieved.kind === 'later') return { laterMs: retrieved.afterMs, message: retrieved.message };
    if (retrieved.kind === 'no') return refusal(registration, retrieved);
    if (isOurs(retrieved.found, registration)) return registered(registration, retrieved.found);
    return failed(registration, 'state_conflict', nameTaken(registration));
  };

  const refusal = async (
    registration: Registration,
    { status, code, message }: { readonly status: number; readonly code: string; readonly message: string },
  ): Promise<Step> => {
    if (status !== 401 && status !== 403) return failed(registration, code, message);
    fault = { code, message };
    return { laterMs: LONGEST_MS, message };
  };

  const install = async (registration: Registration): Promise<Step> => {
    const repeated = registration.attempted;
    const sending: Registration = { ...registration, state: 'installing', attempted: true };
    const body = await requestOf(registration);
    // From here on the name counts as asked for, whatever becomes of this process.
    await registrations.put(sending);
    const key = `${agentId}:${registration.deviceId}:${registration.generation}`;
    const asked = await client.install(body, key, signal);
    if (asked.kind === 'ok') {
      if (isOurs(asked.found, sending)) return registered(sending, asked.found);
      return failed(sending, 'bad_reply', 'Fibric answered with another connector than was asked for.');
    }
    if (asked.kind === 'later') return { laterMs: asked.afterMs, message: asked.message };
    if (asked.code === 'state_conflict') {
      if (repeated) return adopt(sending);
      // Nothing was ever sent before: somebody else has the name.
      return failed({ ...sending, attempted: false }, 'state_conflict', nameTaken(sending));
    }
    if (asked.code === 'idempotency_conflict') {
      // This generation was used for something else, by an older copy of this store.
      await registrations.put({ ...sending, generation: sending.generation + 1, attempted: false });
      return 'done';
    }
    // A refusal of what was sent made nothing there.
    return refusal({ ...sending, attempted: false }, asked);
  };

  const remove = async (registration: Registration): Promise<Step> => {
    const { remoteId } = registration;
    const end = async (): Promise<Step> => {
      if (registration.secretEntry !== null) await vault.delete(registration.secretEntry);
      await registrations.put({ ...registration, state: 'removed', attempted: false, remoteId: null, error: null });
      return 'done';
    };
    if (remoteId === null) {
      if (!registration.attempted) return end();
      const asked = await client.findByName(registration.name, signal);
      if (asked.kind === 'later') return { laterMs: asked.afterMs, message: asked.message };
      if (asked.kind === 'no') return refusal(registration, asked);
      if (asked.found === null || !isOurs(asked.found, registration)) return end();
      await registrations.put({ ...registration, state: 'removing', remoteId: asked.found.id });
      return 'done';
    }
    const asked = await client.remove(remoteId, signal);
    if (asked.kind === 'ok' || (asked.kind === 'no' && asked.status === 404)) return end();
    if (asked.kind === 'later') return { laterMs: asked.afterMs, message: asked.message };
    if (asked.status === 401 || asked.status === 403) return refusal(registration, asked);
    // In use there: it stays to be removed, and says why.
    refusedUntil.set(registration.connectorId, clock.monotonicMs() + REFUSED_MS);
    const error = { code: asked.code, message: asked.message };
    await registrations.put({ ...registration, state: 'removing', error });
    return 'done';
  };

  const verify = async (registration: Registration): Promise<Step> => {
    const asked = await client.get(registration.remoteId ?? '', signal);
    if (asked.kind === 'later') return { laterMs: asked.afterMs, message: asked.message };
    if (asked.kind === 'no' && asked.status !== 404) return refusal(registration, asked);
    verified.add(registration.connectorId);
    if (asked.kind === 'ok') return 'done';
    // Removed there: it is asked for anew, as another one.
    await registrations.put({ ...registration, state: 'removed', attempted: false, remoteId: null });
    return 'done';
  };

  const desired = (): ReadonlyMap<string, { readonly connector: Connector; readonly deviceId: string }> =>
    new Map(
      service.list().flatMap((connector) => {
        const { id, kind, device, simulated } = connector;
        if (kind !== 'hardware' || device === null || (live && simulated)) return [];
        return [[id, { connector, deviceId: device.id }] as const];
      }),
    );
  /** The next thing to do for a registration; null: nothing now. */
  const next = (registration: Registration, want: ReturnType<typeof desired>): (() => Promise<Step>) | null => {
    const { connectorId, state, attempted } = registration;
    const wish = want.get(connectorId);
    const waits = (refusedUntil.get(connectorId) ?? 0) > clock.monotonicMs();
    const changed = wish !== undefined && bodyOf(wish.connector, wish.deviceId) !== registration.body;
    const shown = service.list().find(({ id }) => id === connectorId);
    // A device that is away keeps its connector; a simulated one has no place beside live ones.
    const gone = shown === undefined || (live && shown.simulated);
    switch (state) {
      case 'removed':
        return wish === undefined ? null : async () => begin(wish.connector, wish.deviceId).then(() => 'done' as const);
      case 'removing':
        return waits ? null : () => remove(registration);
      case 'registered':
        if (gone || changed) return () => remove(registration);
        return verified.has(connectorId) || wish === undefined ? null : () => verify(registration);
      case 'installing':
      case 'failed':
        if (gone || (changed && !attempted)) return () => remove(registration);
        return waits || wish === undefined ? null : () => install(registration);
    }
  };

  /** Runs until nothing is left to do, or it has to wait. */
  const round = async (): Promise<number | null> => {
    for (;;) {
      wanted = false;
      const want = desired();
      for (const { connector, deviceId } of want.values()) {
        if (registrations.find(connector.id) === null) await begin(connector, deviceId);
      }
      const work = registrations.all().flatMap((one) => next(one, want) ?? []);
      if (work.length === 0) return null;
      fault = null;
      for (const step of work) {
        const done = await step();
        if (signal.aborted) return null;
        if (done === 'done') continue;
        fault ??= { code: 'later', message: done.message };
        return Math.max(done.laterMs, backOff.next());
      }
      backOff.reset();
    }
  };

  const run = () => {
    cancelTimer?.();
    cancelTimer = null;
    wanted = true;
    running ??= (async () => {
      let waitMs: number | null = VERIFY_MS;
      try {
        waitMs = await round();
      } catch (error) {
        if (signal.aborted) return;
        const { code, message } = AgentError.from(error);
        fault = { code, message };
        log.error({ err: error, code }, 'Connectors could not be registered');
        waitMs = backOff.next();
      } finally {
        running = null;
      }
      if (signal.aborted) return;
      if (waitMs === null) verifyLater();
      else cancelTimer ??= clock.after(waitMs, run);
    })();
  };
  const verifyLater = () => {
    const refusals = [...refusedUntil.values()].map((until) => until - clock.monotonicMs()).filter((ms) => ms > 0);
    cancelTimer ??= clock.after(wanted ? SOON_MS : Math.min(VERIFY_MS, ...refusals), () => {
      if (refusals.length === 0) verified.clear();
      run();
    });
  };
  const soon = () => {
    // Something waits for the API's own reasons: that is not cut short.
    if (running !== null || fault !== null) wanted = true;
    else {
      cancelTimer?.();
      cancelTimer = clock.after(SOON_MS, run);
    }
  };
  const unsubscribe = service.subscribe(({ type }) => {
    if (type === 'connector' || type === 'connector_removed') soon();
  });
  run();

  return {
    fault: () => fault,
    async close() {
      closing.abort();
      unsubscribe();
      cancelTimer?.();
      await running;
    },
  };
}

function nameTaken({ name }: Registration): string {
  return `Another connector at Fibric is called ${name}. Rename this one, or remove that.`;
}
