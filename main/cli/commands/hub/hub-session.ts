import { hostname } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import { type ApiClient, createApiClient } from '../../../api/client.ts';
import type { Session } from '../../cli.ts';

const options = z.object({
  data: z.string().optional(),
  tenant: z.string().optional(),
  test: z.boolean().default(false),
});

/** Options of every command that talks to a hub about a tenant. */
export const tenantOptions = [
  { flags: '--tenant <name>', description: 'the tenant, by name or id' },
  { flags: '--test', description: 'its test partition (sk_test_ keys, simulated devices)' },
] as const;

/** The hub's data folder: `--data`, else beside the agent's. */
export function hubFolder(session: Pick<Session, 'options' | 'folder'>): string {
  return options.parse(session.options).data === undefined ? `${session.folder}-hub` : session.folder;
}

/** What people call a hub that was given no name. */
export function usualHubName(): string {
  return `hub at ${hostname()}`;
}

/** Runs `work` with a client of the hub's local socket. */
export async function withHub<Result>(session: Session, work: (client: ApiClient) => Promise<Result>): Promise<Result> {
  const { tenant, test } = options.parse(session.options);
  const client = createApiClient({
    socketPath: join(hubFolder(session), 'run', 'hub.sock'),
    ...(tenant === undefined
      ? {}
      : { headers: { 'fibric-hub-tenant': `${encodeURIComponent(tenant)}${test ? '/test' : ''}` } }),
  });
  try {
    return await work(client);
  } finally {
    client.close();
  }
}
