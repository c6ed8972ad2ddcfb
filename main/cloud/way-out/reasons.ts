import { AgentError } from '../../../drivers/kit/index.ts';
import { isLoopback } from './exceptions.ts';
import type { ProxyAddress } from './proxy-address.ts';

/** The parts of the way to a cloud, in their order. */
export type WayStep = 'name' | 'connection' | 'proxy' | 'tls' | 'hub';

/** Why the way to a cloud is closed: a contract, as codes of errors are. In `details.reason`. */
export type WayReason =
  | 'name_not_found'
  | 'unreachable'
  | 'timeout'
  | 'proxy_name_not_found'
  | 'proxy_unreachable'
  | 'proxy_timeout'
  | 'proxy_not_http'
  | 'proxy_broke_off'
  | 'proxy_auth_required'
  | 'proxy_auth_wrong'
  | 'proxy_auth_unsupported'
  | 'proxy_refused'
  | 'proxy_cannot_reach'
  | 'tls_broke_off'
  | 'tls_failed'
  | 'certificate_untrusted'
  | 'certificate_expired'
  | 'certificate_not_yet_valid'
  | 'certificate_name_mismatch'
  | 'not_a_hub';

/** A host to connect to. */
export interface Target {
  /** `https://hub.example.com` */
  readonly origin: string;
  readonly host: string;
  readonly port: number;
  readonly secure: boolean;
}

/** The host behind an address. */
export function targetOf(origin: string): Target {
  const url = new URL(origin);
  const secure = url.protocol === 'https:' || url.protocol === 'wss:';
  return {
    origin: url.origin,
    host: url.hostname.replace(/^\[(.*)\]$/, '$1'),
    port: url.port === '' ? (secure ? 443 : 80) : Number(url.port),
    secure,
  };
}

/** `agent_unreachable`, with the step at which the way ended and why. */
export function wayClosed(
  step: WayStep,
  reason: WayReason,
  message: string,
  hint: string,
  more: { readonly details?: Readonly<Record<string, string | number | null>>; readonly cause?: unknown } = {},
): AgentError {
  const { details = {}, cause } = more;
  return new AgentError('agent_unreachable', message, {
    hint,
    details: { step, reason, ...details },
    ...(cause === undefined ? {} : { cause }),
  });
}

const RETRY = 'It is tried again by itself.';

/** Why no connection stands, to the proxy where there is one, else to the target. */
export function noConnection(target: Target, proxy: ProxyAddress | null, cause: unknown): AgentError {
  const code = cause instanceof Error && 'code' in cause ? String(cause.code) : null;
  const seen = code ?? (cause instanceof Error ? cause.message : String(cause));
  const isName = code === 'ENOTFOUND' || code === 'EAI_AGAIN';
  const more = { details: { seen }, cause };
  const other = isLoopback(target.host)
    ? ''
    : ' Where the network has a proxy, set it: fibric-edge cloud proxy set ADDRESS.';
  if (proxy === null) {
    return isName
      ? wayClosed(
          'name',
          'name_not_found',
          `The name ${target.host} leads nowhere (${seen}).`,
          `Check the address and this machine's name server.${other} ${RETRY}`,
          more,
        )
      : wayClosed(
          'connection',
          'unreachable',
          `${target.origin} can't be reached (${seen}).`,
          `Check the address, and that this machine reaches it.${other} ${RETRY}`,
          more,
        );
  }
  return isName
    ? wayClosed(
        'name',
        'proxy_name_not_found',
        `The name of the proxy, ${proxy.host}, leads nowhere (${seen}).`,
        `Check the proxy's address and this machine's name server. ${RETRY}`,
        more,
      )
    : wayClosed(
        'connection',
        'proxy_unreachable',
        `The proxy ${proxy.url} can't be reached (${seen}).`,
        `Check its address and port, and that it runs. ${RETRY}`,
        more,
      );
}

/** Nothing came within `ms` at that step. */
export function tooLate(step: WayStep, target: Target, proxy: ProxyAddress | null, ms: number): AgentError {
  const who = proxy === null || step === 'tls' ? target.origin : `The proxy ${proxy.url}`;
  return wayClosed(
    step,
    proxy === null || step === 'tls' ? 'timeout' : 'proxy_timeout',
    `${who} has not answered within ${Math.round(ms / 1_000)} s.`,
    `A firewall may swallow the connection. Check the address and the network. ${RETRY}`,
  );
}
