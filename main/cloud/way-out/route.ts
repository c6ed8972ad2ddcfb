import type { SecureContext } from 'node:tls';
import type { ProxyAddress } from './proxy-address.ts';
import type { WayStep } from './reasons.ts';

/** A proxy, and who this machine is there. */
export interface ProxyRoute {
  readonly address: ProxyAddress;
  readonly credentials: { readonly username: string; readonly password: string } | null;
}

/** How a target is reached. */
export interface Route {
  /** Null: without one. */
  readonly proxy: ProxyRoute | null;
  /** Called when TLS is needed. */
  readonly trust: () => SecureContext;
  /** What is wrong with the configured authority, for whom a certificate is not trusted. */
  readonly caProblem: () => string | null;
  /** Told each step that is done, with what was seen. */
  readonly onStep?: (step: WayStep, seen: string) => void;
}
