import { readFileSync } from 'node:fs';

const DEFAULT_MAX_PORTS = 32;

/**
 * The size of libuv's thread pool for an agent started with these arguments: two threads for each port that may wait in
 * `tcdrain` or `close` at once, and 16 for files, DNS and the keychain. Reads `max_ports` without parsing the whole file,
 * since this runs before the agent does; a wrong configuration is reported later, by the agent.
 */
export function threadPoolSize(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): number {
  const flag = args.indexOf('--config');
  const file = flag >= 0 ? args[flag + 1] : environment['FIBRIC_EDGE_CONFIG'];
  return 2 * (maxPortsIn(file) ?? DEFAULT_MAX_PORTS) + 16;
}

function maxPortsIn(file: string | undefined): number | null {
  if (file === undefined) return null;
  try {
    const found = /^max_ports:\s*(\d{1,3})\s*(?:#.*)?$/m.exec(readFileSync(file, 'utf8'));
    return found === null ? null : Number(found[1]);
  } catch {
    return null;
  }
}
