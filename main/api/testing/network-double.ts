import type { ConnectorsBackend } from '../backend.ts';
import type { CloudNetworkObject } from '../schemas/index.ts';

const direct: CloudNetworkObject = {
  object: 'cloud_network',
  proxy: null,
  exceptions: [],
  ca_file: null,
  ca_problem: null,
  authorities: [],
  authorities_set: false,
};

/** The way to the cloud of a machine that has none. */
export const networkDouble = {
  getCloudNetwork: async () => direct,
  setCloudProxy: async () => direct,
  removeCloudProxy: async () => direct,
  setCloudAuthorities: async () => direct,
  removeCloudAuthorities: async () => direct,
  checkCloud: async () => ({
    object: 'cloud_check',
    origin: 'https://hub.example.com',
    proxy: null,
    result: 'ok',
    steps: [],
  }),
} satisfies Partial<ConnectorsBackend>;
