import canonicalize from 'canonicalize';
import type { JsonObject } from '../../../drivers/kit/index.ts';

/** The machine a secret is sealed for, at one hub, for as long as this epoch of its link lasts. */
export interface SealedFor {
  /** Of the hub, `https://hub.example.com`, as the machine knows it. */
  readonly origin: string;
  readonly agentId: string;
  /** Drawn by the machine; what was sealed under another one is refused. */
  readonly epoch: string;
}

/** The request a secret is sealed into: everything in it but `auth`, so that it can't be sent anywhere else. */
export interface SealedInto {
  readonly verb: 'connector.install' | 'connector.update';
  /** The listing that is installed, or the id of the connector that is changed. */
  readonly target: string;
  readonly name?: string | undefined;
  /** Without `agent`, which the hub takes off. */
  readonly config?: JsonObject | undefined;
}

/** HPKE's `info`: lines of text, UTF-8. */
export function sealInfo({ origin, agentId, epoch }: SealedFor): Uint8Array<ArrayBuffer> {
  return bytes(['fibric-edge sealed 1', origin, agentId, epoch].join('\n'));
}

/** HPKE's `aad`: JSON in the canonical form of RFC 8785, UTF-8. */
export function sealAad({ verb, target, name, config }: SealedInto): Uint8Array<ArrayBuffer> {
  return bytes(canonicalize({ verb, target, name: name ?? null, config: config ?? {} }) ?? '');
}

/** What a machine signs with the key that names it, so that nobody between can put a key of its own in the place of this one. */
export function sealingProof({ origin, agentId, epoch }: SealedFor, key: string): string {
  return ['fibric-edge sealing 1', origin, agentId, key, epoch].join('\n');
}

function bytes(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
