import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';

/** A tracer on a running process that spoils some of its system calls. */
export interface Tracer {
  /** Lets go of the process, which goes on unspoilt; resolves with what was traced. */
  detach(): Promise<readonly string[]>;
}

/** Attaches to every thread of `pid`, those to come included; `inject` is strace's (strace(1), "Tampering"). */
export async function attachTracer(
  pid: number,
  output: string,
  options: { readonly trace: string; readonly inject: string; readonly paths?: readonly string[] },
): Promise<Tracer> {
  const paths = (options.paths ?? []).flatMap((path) => ['-P', path]);
  const child = spawn(
    'strace',
    [
      '-f',
      '-y',
      '-e',
      `trace=${options.trace}`,
      '-e',
      `inject=${options.inject}`,
      ...paths,
      '-o',
      output,
      '-p',
      String(pid),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  const ended = once(child, 'exit');
  let said = '';
  const { promise: attached, resolve } = Promise.withResolvers<void>();
  child.stderr.on('data', (chunk: Buffer) => {
    said += chunk.toString();
    if (/Process \d+ attached/.test(said)) resolve();
  });
  await Promise.race([
    attached,
    ended.then(() => Promise.reject(new Error(`strace ended before it was attached: ${said}`))),
  ]);
  return {
    async detach() {
      child.kill('SIGINT');
      await ended;
      return readFileSync(output, 'utf8').split('\n');
    },
  };
}
