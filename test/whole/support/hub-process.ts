import { join } from 'node:path';
import { type ApiClient, createApiClient } from '../../../main/api/client.ts';
import { type ReadyProcess, startReadyProcess } from './ready-process.ts';

/** One hub as a process of its own. Its `url` is where it listens. */
export interface HubProcess extends ReadyProcess {
  readonly dataDir: string;
  /** What agents know it by. */
  readonly origin: string;
  /** Whoever looks after it, within the test partition of that tenant. */
  admin(tenant: string): ApiClient;
  /** Without a tenant. */
  readonly api: ApiClient;
}

/** Starts `fibric-edge hub` as {@link startReadyProcess} does. */
export async function startHubProcess(options: {
  readonly dataDir: string;
  /** Default: a free one. */
  readonly port?: number;
  /** What agents know it by; default: where it listens. */
  readonly origin?: string;
  /** The address it listens at; default: loopback. */
  readonly host?: string;
  /** Seconds between signs of life on a link; default: 1. */
  readonly heartbeatS?: number;
  readonly environment?: Readonly<Record<string, string>>;
  readonly wrap?: readonly string[];
  /** Further arguments of `hub run`. */
  readonly more?: readonly string[];
}): Promise<HubProcess> {
  const { dataDir, port = 0, origin, host, heartbeatS = 1, environment = {}, wrap = [], more = [] } = options;
  const args = ['hub', 'run', '--data', dataDir, '--port', String(port), '--heartbeat', String(heartbeatS), ...more];
  if (origin !== undefined) args.push('--origin', origin);
  if (host !== undefined) args.push('--host', host);
  const started = await startReadyProcess({ args, scratch: join(dataDir, '..'), environment, wrap });
  const socketPath = join(dataDir, 'run', 'hub.sock');
  return {
    ...started,
    dataDir,
    origin: origin ?? started.url,
    api: createApiClient({ socketPath }),
    admin: (tenant) => createApiClient({ socketPath, headers: { 'fibric-hub-tenant': `${tenant}/test` } }),
  };
}
