import { existsSync } from 'node:fs';
import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { AgentError } from '../../drivers/kit/index.ts';

type Variables = Readonly<Record<string, string | undefined>>;

/** Longer paths do not fit into a socket address (`sun_path`, unix(7)). */
const MAX_SOCKET_PATH_BYTES = 100;

/** Where the agent that runs as a service of this machine keeps its socket (contract section 5). */
export const serviceRuntimeFolder = '/run/fibric-edge';

/** The data folder: `--data`, else `$XDG_DATA_HOME/fibric-edge`, else `~/.local/share/fibric-edge`. */
export function dataFolder(given: string | undefined, variables: Variables): string {
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

/**
 * The socket of the agent that is meant: of `--data` if that was given, else of this user's own agent where it has one,
 * else of the service while that runs. Nothing is connected to.
 */
export function findAgentSocket(
  given: string | undefined,
  variables: Variables,
  exists: (path: string) => boolean = existsSync,
): string {
  const own = socketPath(dataFolder(given, variables));
  if (given !== undefined || exists(own)) return own;
  // Who may not enter the folder sees that it is there, and is told so when connecting.
  return process.platform === 'linux' && exists(serviceRuntimeFolder) ? join(serviceRuntimeFolder, 'agent.sock') : own;
}
