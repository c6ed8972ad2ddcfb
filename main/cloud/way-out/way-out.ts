import { X509Certificate } from 'node:crypto';
import type { Agent } from 'node:http';
import type { Socket } from 'node:net';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { CloudNetworkObject, CloudProxyBody } from '../../api/schemas/index.ts';
import type { Database } from '../../store/index.ts';
import type { Vault } from '../../vault/index.ts';
import type { Clock } from '../clock.ts';
import { type ChosenProxy, chooseProxy, isProxied, type ProxySources } from './chosen-proxy.ts';
import { dial } from './dial.ts';
import { type KeptNetwork, readNetwork, writeNetwork } from './kept-network.ts';
import { createPools } from './pools.ts';
import { readBareProxyAddress } from './proxy-address.ts';
import { changeCredentials, createKeptCredentials, type ProxyCredentials } from './proxy-credentials.ts';
import { type Target, targetOf } from './reasons.ts';
import type { ProxyRoute, Route } from './route.ts';
import { createTrust, MOST_CA_BYTES, readCertificates } from './trust.ts';

/** A password that a proxy has refused is not tried again before this: accounts are locked after a few wrong ones. */
const REFUSED_PASSWORD_MS = 5 * 60_000;

/** What the way out of this machine's network is made of. */
export interface WayOutOptions {
  readonly config: {
    readonly proxy: string | null;
    readonly no_proxy: readonly string[];
    readonly ca_file: string | null;
  };
  readonly environment: ProxySources['environment'];
  readonly state: Database;
  readonly vault: Vault;
  readonly clock: Clock;
}

/** The one way by which anything of this machine goes to its cloud: through which proxy, and whom it trusts. */
export interface WayOut {
  /** A connection to an origin, as far as TLS. Rejects with `agent_unreachable`, `vault_unavailable`, or the signal's reason. */
  connect(origin: string, signal: AbortSignal): Promise<Socket>;
  /** As {@link connect}, telling each step, and with a password that was refused before. */
  examine(origin: string, onStep: NonNullable<Route['onStep']>, signal: AbortSignal): Promise<Socket>;
  /** The proxy on the way to this origin, without a credential; null: none. */
  proxyTo(origin: string): string | null;
  /** Connections to an origin that are used again. Another one after each change. */
  pool(origin: string): Agent;
  status(): Promise<CloudNetworkObject>;
  /** Rejects with `invalid_parameter`, `missing_parameter`, `state_conflict`, `vault_unavailable`. */
  setProxy(body: CloudProxyBody): Promise<CloudNetworkObject>;
  /** What was set here, with user and password, whoever named the proxy. */
  removeProxy(): Promise<CloudNetworkObject>;
  /** Authorities beside the system's. Rejects with `invalid_parameter`. */
  setAuthorities(pem: string): Promise<CloudNetworkObject>;
  removeAuthorities(): Promise<CloudNetworkObject>;
  /** Called after each change; returns what ends that. */
  onChange(listener: () => void): () => void;
  close(): void;
}

/** Reads what is kept; connects to nothing by itself. */
export function createWayOut({ config, environment, state, vault, clock }: WayOutOptions): WayOut {
  const credentials = createKeptCredentials(vault);
  const listeners = new Set<() => void>();
  let kept: KeptNetwork = readNetwork(state);
  /** The last refusal of a password, while it holds. */
  let refusal: { readonly error: AgentError; readonly stop: () => void } | null = null;
  const trust = createTrust({ file: config.ca_file, pem: () => kept.ca });
  const chosen = (secure: boolean): ChosenProxy | null =>
    chooseProxy(
      {
        configuration: { proxy: config.proxy, exceptions: config.no_proxy },
        settings: kept.proxy,
        environment,
      },
      secure,
    );
  const proxyFor = (target: Target): ChosenProxy | null => {
    const proxy = chosen(target.secure);
    return proxy !== null && isProxied(target, proxy) ? proxy : null;
  };
  const credentialsOf = async ({ address, userInfo }: ChosenProxy): Promise<ProxyCredentials | null> =>
    (await credentials.of(address.url)) ?? userInfo;

  const forgetRefusal = () => {
    refusal?.stop();
    refusal = null;
  };
  const open = async (origin: string, signal: AbortSignal, onStep?: Route['onStep']): Promise<Socket> => {
    const target = targetOf(origin);
    const proxy = proxyFor(target);
    const route: ProxyRoute | null =
      proxy === null ? null : { address: proxy.address, credentials: await credentialsOf(proxy) };
    if (route?.credentials != null && refusal !== null && onStep === undefined) throw refusal.error;
    try {
      const socket = await dial(
        target,
        {
          proxy: route,
          trust: trust.context,
          caProblem: () => trust.added().problem,
          ...(onStep === undefined ? {} : { onStep }),
        },
        signal,
      );
      if (route !== null) forgetRefusal();
      return socket;
    } catch (error) {
      if (error instanceof AgentError && error.details?.['reason'] === 'proxy_auth_wrong') {
        forgetRefusal();
        refusal = { error, stop: clock.after(REFUSED_PASSWORD_MS, forgetRefusal) };
      }
      throw error;
    }
  };

  const pools = createPools((origin, signal) => open(origin, signal));

  const changed = async (next: KeptNetwork): Promise<CloudNetworkObject> => {
    await writeNetwork(state, next);
    kept = next;
    forgetRefusal();
    pools.renew();
    for (const listener of [...listeners]) listener();
    return status();
  };

  const status = async (): Promise<CloudNetworkObject> => {
    const proxy = chosen(true);
    const { certificates, problem } = trust.added();
    return {
      object: 'cloud_network',
      proxy: proxy === null ? null : { url: proxy.address.url, from: proxy.from, ...(await shownCredentials(proxy)) },
      exceptions: [...(proxy?.exceptions ?? config.no_proxy)],
      ca_file: config.ca_file,
      ca_problem: problem,
      authorities: certificates.map((pem) => {
        const { subject, validToDate, fingerprint256 } = new X509Certificate(pem);
        return {
          subject: subject.replaceAll('\n', ', '),
          valid_to: validToDate.toISOString(),
          fingerprint: fingerprint256,
        };
      }),
      authorities_set: kept.ca !== null,
    };
  };
  const shownCredentials = async (proxy: ChosenProxy) => {
    try {
      const known = await credentialsOf(proxy);
      return { username: known?.username ?? null, has_password: known !== null, problem: null };
    } catch (error) {
      return { username: null, has_password: false, problem: AgentError.from(error).message };
    }
  };

  return {
    connect: (origin, signal) => open(origin, signal),
    examine: (origin, onStep, signal) => open(origin, signal, onStep),
    proxyTo: (origin) => proxyFor(targetOf(origin))?.address.url ?? null,
    pool: (origin) => pools.of(origin),
    status,
    async setProxy(body) {
      const before = chosen(true);
      const next = body.url === undefined ? before?.address : readBareProxyAddress(body.url);
      if (next === undefined) {
        throw new AgentError('missing_parameter', 'Which proxy? There is none yet.', {
          hint: 'Give its address: http://proxy.example:3128',
          details: { parameter: 'url' },
        });
      }
      const isNew = before?.address.url !== next.url;
      if (config.proxy !== null && (isNew || body.exceptions !== undefined)) throw namedByConfiguration(config.proxy);
      await changeCredentials(credentials, next.url, body);
      const own = body.url !== undefined || body.exceptions !== undefined || kept.proxy !== null;
      if (config.proxy !== null || !own) return changed(kept);
      const exceptions = body.exceptions ?? (isNew ? [] : (kept.proxy?.exceptions ?? before?.exceptions ?? []));
      return changed({ ...kept, proxy: { url: next.url, exceptions: [...exceptions] } });
    },
    async removeProxy() {
      await credentials.set('', null);
      return changed({ ...kept, proxy: null });
    },
    async setAuthorities(pem) {
      if (Buffer.byteLength(pem) > MOST_CA_BYTES) {
        throw new AgentError('invalid_parameter', 'That is more than the certificates of one authority.', {
          hint: 'Give its root certificate alone: the system keeps its own list.',
          details: { parameter: 'pem' },
        });
      }
      return changed({ ...kept, ca: readCertificates(pem).join('') });
    },
    removeAuthorities: () => changed({ ...kept, ca: null }),
    onChange(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    close() {
      forgetRefusal();
      pools.close();
    },
  };
}

function namedByConfiguration(proxy: string): AgentError {
  return new AgentError('state_conflict', `The configuration of this machine names the proxy (${proxy}).`, {
    hint: 'Change it there (cloud.proxy, cloud.no_proxy), and restart the agent. User and password are set here.',
  });
}
