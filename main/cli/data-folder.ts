import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AgentError } from '../../drivers/kit/index.ts';

/** Longer paths do not fit into a socket address (`sun_path`, unix(7)). */
const MAX_SOCKET_PATH_BYTES = 100;

/** The data folder: `--data`, else `$XDG_DATA_HOME/fibric-edge`, else `~/.local/share/fibric-edge`. */
export function dataFolder(given: string | undefined, variables: Readonly<Record<string, string | undefined>>): string {
  if (given !== undefined) return resolve(given);
  const base = variables['XDG_DATA_HOME'];
  const home = variables['HOME'] ?? homedir();
  return join(base === undefined || base === '' ? join(home, '.local', 'share') : base, 'fibric-edge');
}

/** Where the agent of that folder listens. Throws `invalid_parameter` when the path is too long for a socket. */
export function socketPath(folder: string): string {
  const path = join(folder, 'run', 'agent.sock');
  const bytes = Buffer.byteLength(path);
  if (bytes <= MAX_SOCKET_PATH_BYTES) return path;
  throw new AgentError(
    'invalid_parameter',
    `The socket ${path} would have a path of ${bytes} bytes; the system takes ${MAX_SOCKET_PATH_BYTES}.`,
    { hint: 'Choose a data folder with a shorter path with --data.' },
  );
}
