import type { GuestAgent } from './guest-agent.ts';

/** Follows the stream from now on; `end` tells the causes that were given for each of these serial numbers or names. */
export async function followLosses(
  { api }: Pick<GuestAgent, 'api'>,
  names: readonly string[],
): Promise<{ end(): Promise<ReadonlyMap<string, readonly string[]>> }> {
  const causes = new Map<string, string[]>();
  const note = (name: string | null, cause: string | null | undefined) => {
    if (name === null || !names.includes(name) || typeof cause !== 'string') return;
    causes.set(name, [...(causes.get(name) ?? []), cause]);
  };
  const stop = new AbortController();
  const { promise: open, resolve: onOpen } = Promise.withResolvers<void>();
  const following = (async () => {
    for await (const event of api.events({ signal: stop.signal, onOpen })) {
      if (event.type === 'device') note(event.device.descriptor.serial_number, event.cause_id);
      if (event.type === 'connector') note(event.connector.name, event.connector.health?.cause_id);
    }
  })().catch(() => {});
  await open;
  return {
    async end() {
      stop.abort();
      await following;
      return causes;
    },
  };
}
