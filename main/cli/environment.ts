import type { Readable, Writable } from 'node:stream';

/** Where a command runs: what it reads, where it writes, and who may stop it. */
export interface Environment {
  readonly variables: Readonly<Record<string, string | undefined>>;
  readonly stdin: Readable & { readonly isTTY?: boolean; setRawMode?(raw: boolean): unknown };
  readonly stdout: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly stderr: Writable;
  /** Calls the listener on Ctrl-C or a request to end; returns what ends that. While nobody listens, the process ends as usual. */
  onInterrupt(listener: () => void): () => void;
}

/** The environment of this process. */
export function processEnvironment(): Environment {
  // `fibric-edge logs | head`: whoever reads has had enough.
  process.stdout.once('error', (error) => process.exit('code' in error && error.code === 'EPIPE' ? 0 : 1));
  return {
    variables: process.env,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    onInterrupt(listener) {
      process.on('SIGINT', listener);
      process.on('SIGTERM', listener);
      return () => {
        process.off('SIGINT', listener);
        process.off('SIGTERM', listener);
      };
    },
  };
}
