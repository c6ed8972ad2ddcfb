import { isException, isLoopback, splitExceptions } from './exceptions.ts';
import { type ProxyAddress, readBareProxyAddress, readProxyAddress, type WrittenProxy } from './proxy-address.ts';
import type { Target } from './reasons.ts';

/** A proxy, who named it, and what is reached without it. */
export interface ChosenProxy {
  readonly address: ProxyAddress;
  readonly from: 'configuration' | 'settings' | 'environment';
  /** Only where the environment has them in its address. */
  readonly userInfo: WrittenProxy['userInfo'];
  readonly exceptions: readonly string[];
}

/** Who may name a proxy. */
export interface ProxySources {
  /** `none`: no proxy, whatever the others say. */
  readonly configuration: { readonly proxy: string | null; readonly exceptions: readonly string[] };
  readonly settings: { readonly url: string; readonly exceptions: readonly string[] } | null;
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/** The proxy for https or http: the configuration's, else the one set here, else the environment's. Null: none. */
export function chooseProxy(
  { configuration, settings, environment }: ProxySources,
  secure: boolean,
): ChosenProxy | null {
  const always = configuration.exceptions;
  if (configuration.proxy === 'none') return null;
  if (configuration.proxy !== null) {
    const address = readBareProxyAddress(configuration.proxy);
    return { address, from: 'configuration', userInfo: null, exceptions: always };
  }
  if (settings !== null) {
    const address = readBareProxyAddress(settings.url);
    return { address, from: 'settings', userInfo: null, exceptions: [...always, ...settings.exceptions] };
  }
  const named = lookUp(environment, secure ? 'https_proxy' : 'http_proxy');
  if (named === null) return null;
  try {
    const { address, userInfo } = readProxyAddress(named);
    const more = splitExceptions(lookUp(environment, 'no_proxy') ?? '');
    return { address, from: 'environment', userInfo, exceptions: [...always, ...more] };
  } catch {
    // What another program's variable means (a SOCKS proxy) is nothing that this one can follow.
    return null;
  }
}

/** Whether a target is reached through it. */
export function isProxied({ host, port }: Target, { exceptions }: Pick<ChosenProxy, 'exceptions'>): boolean {
  return !isLoopback(host) && !isException(host, port, exceptions);
}

/** Lower case first, as curl has it. */
function lookUp(environment: ProxySources['environment'], name: string): string | null {
  const found = environment[name] || environment[name.toUpperCase()];
  return found === undefined || found.trim() === '' ? null : found;
}
