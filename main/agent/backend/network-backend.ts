import { AgentError } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../../api/index.ts';
import type { CloudObject, FibricCloudObject } from '../../api/schemas/index.ts';
import { type WayOut, walkTo } from '../../cloud/index.ts';

/** The way to the cloud, as the API has it. `usual`: the cloud of this machine; null while it has none. */
export function createNetworkBackend(
  wayOut: WayOut,
  usual: () => string | null,
): Pick<
  ConnectorsBackend,
  | 'getCloudNetwork'
  | 'setCloudProxy'
  | 'removeCloudProxy'
  | 'setCloudAuthorities'
  | 'removeCloudAuthorities'
  | 'checkCloud'
> {
  return {
    getCloudNetwork: () => wayOut.status(),
    setCloudProxy: (_principal, body) => wayOut.setProxy(body),
    removeCloudProxy: () => wayOut.removeProxy(),
    setCloudAuthorities: (_principal, pem) => wayOut.setAuthorities(pem),
    removeCloudAuthorities: () => wayOut.removeAuthorities(),
    async checkCloud(_principal, { origin = usual() }, signal) {
      if (origin !== null) return walkTo(wayOut, new URL(origin).origin, signal);
      throw new AgentError('missing_parameter', 'The way to which cloud? This machine has none yet.', {
        hint: 'Name one: fibric-edge cloud check https://hub.example.com',
        details: { parameter: 'origin' },
      });
    },
  };
}

/** Where the cloud of this machine is, or the one that it is being paired with. */
export function cloudOrigin(
  { hub, pairing }: Pick<CloudObject, 'hub' | 'pairing'>,
  fibric: Pick<FibricCloudObject, 'in_use' | 'base_url'>,
): string | null {
  if (fibric.in_use) return new URL(fibric.base_url).origin;
  return hub?.origin ?? pairing?.origin ?? null;
}
