import { AgentError } from '../../drivers/kit/index.ts';
import type { ConnectorsBackend, IdempotencyStore } from '../api/index.ts';
import { type IdentityKey, keyWords } from '../api/link/index.ts';
import { type CloudObject, type Grants, type PairBody, type PairedObject, usualGrants } from '../api/schemas/index.ts';
import type { Database } from '../store/index.ts';
import type { Vault } from '../vault/index.ts';
import { type Clock, systemClock } from './clock.ts';
import type { CloudCredential, CloudCredentials } from './credentials.ts';
import { createMachineIdentity } from './keys/machine-identity.ts';
import { type KeptLink, keepLink } from './link/keep-link.ts';
import { createKeyedInstalls, type KeyedInstalls } from './link/keyed-installs.ts';
import type { RelayMcp } from './link/relay-mcp.ts';
import { addressWithCode } from './pairing/address-with-code.ts';
import { awaitApproval, beginPairing, enrol, giveUpPairing, type OpenPairing } from './pairing/pair-with-hub.ts';
import { type PairingRecord, readPairing, writePairing } from './pairing/pairing-record.ts';
import { qrRows } from './pairing/qr-rows.ts';
import { createWaitingPairings, type WaitingPairing } from './pairing/waiting-pairing.ts';
import { createSend } from './way-out/send.ts';
import type { WayOut } from './way-out/way-out.ts';

/** What this machine's side of the cloud works with. */
export interface CloudOptions {
  readonly state: Database;
  readonly vault: Vault;
  /** By which everything goes to the hub. */
  readonly wayOut: Pick<WayOut, 'connect' | 'pool' | 'onChange'>;
  readonly version: string;
  /** What hubs call this machine, unless a pairing says otherwise. */
  readonly machineName: string;
  /** Whether the configuration says that this machine belongs to a hub; if not, it is paired with none. */
  readonly usesHub: boolean;
  readonly log: { info(line: string): void; error(details: object, line: string): void };
  readonly clock?: Clock;
  /** In [0, 1); for the distances between attempts. */
  readonly random?: () => number;
}

/** What answers the hub; there once the agent's API is. */
export interface CloudServers {
  readonly backend: ConnectorsBackend;
  readonly relayMcp: RelayMcp;
  /** Where keys of the hub's callers are bound. */
  readonly idempotency: IdempotencyStore;
  /** Rejects with `vault_unavailable`. */
  readonly hmacKey: () => Promise<Buffer>;
}

/** This machine's side of the cloud: pairing with a hub, and the link to it. */
export interface Cloud {
  /** Begins to keep the link, where there is a pairing. */
  start(servers: CloudServers): void;
  status(): CloudObject;
  /** Resolves when the code is there; with an enrolment token when it is paired. Rejects with `state_conflict`, `agent_unreachable`, `access_denied`. */
  pair(body: PairBody, signal: AbortSignal): Promise<CloudObject>;
  /** Ends the pairing, or one that has begun, here: local work goes on. */
  unpair(): Promise<CloudObject>;
  /** Rejects with `state_conflict` when there is no pairing. */
  setGrants(grants: Grants): Promise<CloudObject>;
  /**
   * Asks the hub whether operators there depend on this connector. Resolves with null when none does, or there is no hub to ask; with the
   * hub that could not be asked. Rejects with `connector_in_use`.
   */
  askBeforeUninstall(connectorId: string): Promise<{ readonly origin: string } | null>;
  readonly credentials: CloudCredentials;
  close(): Promise<void>;
}

type Pairing = WaitingPairing & { readonly abort: AbortController; readonly qrCode: readonly string[] | null };

/** Reads what is kept of a pairing. Nothing is connected before {@link Cloud.start}. */
export function createCloud(options: CloudOptions): Cloud {
  const {
    state,
    vault,
    wayOut,
    version,
    machineName,
    usesHub,
    log,
    clock = systemClock,
    random = Math.random,
  } = options;
  const send = createSend(wayOut);
  const identity = createMachineIdentity(vault);
  const listeners = new Set<(credential: CloudCredential | null) => void>();
  let record: PairingRecord | null = readPairing(state);
  const waiting = createWaitingPairings(state, vault);
  let pairing: Pairing | null = null;
  /** Whether a hub is being asked for a pairing. */
  let asking = false;
  let link: KeptLink | null = null;
  let linkState: CloudObject['link'] = off(clock);
  let servers: (CloudServers & { readonly installs: KeyedInstalls }) | null = null;
  let credential: CloudCredential | null = null;
  /** Of the last pairing that came to nothing. */
  let failure: AgentError | null = null;
  const onFault = (error: unknown) => log.error({ err: error }, 'the link to the hub met a fault of ours');

  const setCredential = (next: CloudCredential | null) => {
    if (next === null && credential === null) return;
    credential = next;
    tell();
  };
  const tell = () => {
    for (const listener of [...listeners]) listener(credential);
  };
  const store = async (next: PairingRecord | null) => {
    await writePairing(state, next);
    record = next;
    tell();
  };
  const connect = () => {
    if (servers === null || record === null || record.ended !== null || link !== null) return;
    const { backend, relayMcp, installs } = servers;
    link = keepLink({
      record,
      connect: wayOut.connect,
      key: () => identity.key(),
      sealingKey: () => identity.sealingKey(),
      version,
      grants: () => record?.grants ?? { read: false, act: false, install: false, care: false },
      backend,
      installs,
      relayMcp,
      clock,
      random,
      onState(next) {
        linkState = next;
        log.info(`link to the hub: ${next.state}${next.error === null ? '' : `: ${next.error.message}`}`);
      },
      onCredential: setCredential,
      onRevoked: ({ code, message, hint }) => {
        if (record === null) return;
        store({ ...record, ended: { code, message, hint: hint ?? null } }).catch(onFault);
      },
      onFault,
    });
  };
  const disconnect = async () => {
    const closing = link;
    link = null;
    await closing?.close();
    linkState = off(clock);
  };
  /** One after the other: the link that a change of the way ends is gone before the next is opened. */
  let reopening: Promise<void> = Promise.resolve();
  const stopFollowing = wayOut.onChange(() => {
    reopening = reopening.then(async () => {
      if (link === null) return;
      await disconnect();
      connect();
    });
  });
  const taken = async ({ agent, tenant, hub, grants }: PairedObject, words: string) => {
    await disconnect();
    await store({
      agent,
      tenant,
      hub,
      grants,
      paired_at: new Date(clock.now()).toISOString(),
      key_words: words,
      ended: null,
    });
    log.info(`paired with ${hub.origin} as ${agent.name} of ${tenant.name} (${tenant.mode})`);
    connect();
  };

  /** Polls until the code on the screen was decided about, from its beginning or from the start of this agent on. */
  const follow = async (own: Pairing, key: IdentityKey, deviceCode: string): Promise<void> => {
    try {
      const paired = await awaitApproval(send, key, openOf(own, deviceCode), clock, own.abort.signal);
      await taken(paired, own.key_words);
      await waiting.forget();
    } catch (error) {
      failure = AgentError.from(error);
      if (failure.code === 'cancelled') return;
      log.info(`the pairing came to nothing: ${failure.message}`);
      await waiting.forget();
    } finally {
      if (pairing === own) pairing = null;
    }
  };
  /** A pairing that waited when the agent ended goes on. */
  const resume = async (): Promise<void> => {
    const shown = waiting.shown();
    if (shown === null) return;
    if (record !== null && record.ended === null) return waiting.forget();
    const own = pairingOf(shown);
    pairing = own;
    try {
      const deviceCode = await waiting.deviceCode();
      if (deviceCode === null) throw new AgentError('expired_token', 'The pairing that waited here is lost.');
      await follow(own, await identity.key(), deviceCode);
    } catch (error) {
      // It is there again with the vault, at the next start.
      failure = AgentError.from(error);
      if (pairing === own) pairing = null;
      if (failure.code === 'expired_token') await waiting.forget();
    }
  };

  /** Pairs with an enrolment token, or has a code to show and follows it. */
  const begin = async (body: PairBody, signal: AbortSignal): Promise<void> => {
    const { origin, name = machineName, grants = usualGrants, enrolment_token } = body;
    failure = null;
    const key = await identity.key();
    const words = keyWords(key.publicKey);
    const { publicKey: sealingKey } = await identity.sealingKey();
    const request = { origin: new URL(origin).origin, name, version, grants, sealingKey };
    if (enrolment_token !== undefined) {
      await taken(await enrol(send, key, request, enrolment_token, signal), words);
      return;
    }
    const begun = await beginPairing(send, key, request, signal);
    const shown: WaitingPairing = {
      origin: request.origin,
      hub_origin: begun.hub.origin,
      user_code: begun.user_code,
      verification_uri: begun.verification_uri,
      verification_uri_complete: addressWithCode(begun),
      expires_at: new Date(clock.now() + begun.expires_in * 1_000).toISOString(),
      interval_s: begun.interval,
      grants,
      key_words: words,
    };
    await waiting.keep(shown, begun.device_code);
    const own = pairingOf(shown);
    pairing = own;
    follow(own, key, begun.device_code).catch(onFault);
  };

  const status = (): CloudObject => ({
    object: 'cloud',
    state: pairing !== null ? 'pairing' : record === null ? 'none' : 'paired',
    key_words: pairing?.key_words ?? record?.key_words ?? null,
    pairing:
      pairing === null
        ? null
        : {
            origin: pairing.origin,
            user_code: pairing.user_code,
            verification_uri: pairing.verification_uri,
            verification_uri_complete: pairing.verification_uri_complete,
            qr_code: pairing.qrCode,
            expires_at: pairing.expires_at,
            grants: pairing.grants,
          },
    hub: record?.hub ?? null,
    tenant: record?.tenant ?? null,
    agent: record?.agent ?? null,
    grants: record?.grants ?? null,
    paired_at: record?.paired_at ?? null,
    link: {
      ...linkState,
      error: linkState.error ?? record?.ended ?? (record === null && failure !== null ? innerError(failure) : null),
    },
  });

  return {
    start(given) {
      if (!usesHub) return;
      const { idempotency: store, hmacKey } = given;
      servers = { ...given, installs: createKeyedInstalls({ store, hmacKey, clock, onFault }) };
      connect();
      resume().catch(onFault);
    },
    status,
    async pair(body, signal) {
      if (!usesHub) throw otherCloud();
      if (record !== null && record.ended === null) throw pairedAlready(record);
      if (pairing !== null) throw pairingAlready(pairing);
      if (asking) throw askingAlready();
      asking = true;
      try {
        await begin(body, signal);
      } finally {
        asking = false;
      }
      return status();
    },
    async unpair() {
      const given = pairing;
      given?.abort.abort();
      pairing = null;
      failure = null;
      if (given !== null) {
        // Without the vault the hub is not told: its code is over by itself.
        const deviceCode = await waiting.deviceCode().catch(() => null);
        await waiting.forget();
        if (deviceCode !== null) await giveUpPairing(send, await identity.key(), openOf(given, deviceCode));
      }
      await link?.leave();
      await disconnect();
      if (record !== null) {
        await store(null);
        await identity.forget();
      }
      return status();
    },
    async setGrants(grants) {
      if (record === null) {
        throw new AgentError('state_conflict', 'This machine is paired with no hub.', {
          hint: 'Pair it first: fibric-edge pair ORIGIN',
        });
      }
      await store({ ...record, grants });
      link?.tellGrants(grants);
      return status();
    },
    async askBeforeUninstall(connectorId) {
      if (!usesHub || record === null || record.ended !== null) return null;
      const { origin } = record.hub;
      try {
        if (link === null) return { origin };
        await link.askBeforeUninstall(connectorId);
        return null;
      } catch (error) {
        if (AgentError.is(error, 'agent_unreachable')) return { origin };
        throw error;
      }
    },
    credentials: {
      current: () => credential,
      subscribe(listener) {
        listeners.add(listener);
        return () => void listeners.delete(listener);
      },
    },
    async close() {
      stopFollowing();
      pairing?.abort.abort();
      servers = null;
      await reopening;
      await disconnect();
    },
  };
}

function openOf({ origin, hub_origin, interval_s }: WaitingPairing, deviceCode: string): OpenPairing {
  return { origin, hubOrigin: hub_origin, intervalS: interval_s, deviceCode };
}

function off(clock: Clock): CloudObject['link'] {
  return { state: 'off', since: new Date(clock.now()).toISOString(), next_attempt_at: null, error: null };
}

function innerError({ code, message, hint, details }: AgentError) {
  return {
    code,
    message,
    ...(hint === undefined ? {} : { hint }),
    ...(details === undefined ? {} : { details }),
  };
}

function otherCloud(): AgentError {
  return new AgentError('state_conflict', 'The configuration of this machine names another cloud than a hub.', {
    hint: 'Set cloud.provider to hub, and restart the agent.',
  });
}

function pairedAlready({ hub, tenant }: PairingRecord): AgentError {
  return new AgentError('state_conflict', `This machine is paired with ${hub.origin} (${tenant.name}) already.`, {
    hint: 'End that first: fibric-edge unpair',
  });
}

function pairingOf(shown: WaitingPairing): Pairing {
  const { verification_uri_complete: address } = shown;
  return { ...shown, abort: new AbortController(), qrCode: address === null ? null : qrRows(address) };
}

function pairingAlready({ origin, user_code }: Pairing): AgentError {
  return new AgentError('state_conflict', `A pairing with ${origin} has begun: its code is ${user_code}.`, {
    hint: 'Type the code at the hub, or give it up: fibric-edge unpair',
  });
}

function askingAlready(): AgentError {
  return new AgentError('state_conflict', 'This machine is asking a hub for a pairing at this moment.', {
    hint: 'Wait for its answer: fibric-edge cloud status',
  });
}
