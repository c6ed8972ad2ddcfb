/**
 * An agent as a child of the shell: the same agent as `fibric-edge run`, which is told to end by a message and tells how
 * it goes by messages. Knows nothing of Electron: `process.parentPort` is there in its utility process, `process.send` in a
 * child of plain Node.
 */
import { Writable } from 'node:stream';
import { parseArgs } from 'node:util';
import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { runAgent } from './run.ts';

/** The side of Electron's `ParentPort` that is used here. */
const parentPortSchema = z.custom<{
  postMessage(message: unknown): void;
  on(event: 'message', listener: (event: { readonly data: unknown }) => void): unknown;
}>((value) => typeof value === 'object' && value !== null && 'postMessage' in value);
const stopSchema = z.object({ type: z.literal('stop') });

const { values } = parseArgs({
  options: {
    data: { type: 'string' },
    config: { type: 'string' },
    port: { type: 'string' },
  },
  strict: true,
});

const parent = parentPortSchema.safeParse(Reflect.get(process, 'parentPort'));
const post = (message: object): void => {
  if (parent.success) parent.data.postMessage(message);
  else process.send?.(message);
};

const stop = new AbortController();
const onMessage = (message: unknown) => {
  if (stopSchema.safeParse(message).success) stop.abort();
};
if (parent.success) parent.data.on('message', ({ data }) => onMessage(data));
else process.on('message', onMessage);
process.once('disconnect', () => stop.abort());
process.once('SIGTERM', () => stop.abort());

const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });

try {
  if (values.data === undefined) throw new AgentError('missing_parameter', 'The data folder is missing.');
  await runAgent({
    dataDir: values.data,
    groupRunDir: null,
    configFile: values.config ?? null,
    // The program that forked it is no command line.
    launcher: null,
    port: values.port === undefined ? null : z.coerce.number().int().min(0).max(65_535).parse(values.port),
    demo: false,
    readyFile: null,
    json: false,
    stdout: nowhere,
    stop: stop.signal,
    onReady: ({ url, dataDir }) => post({ type: 'ready', url, dataDir }),
  });
  post({ type: 'stopped' });
} catch (error) {
  const { code, message, hint } = AgentError.from(error);
  process.stderr.write(`${message}${hint === undefined ? '' : ` ${hint}`}\n`);
  post({ type: 'failed', code, message, hint: hint ?? null });
  process.exitCode = 1;
}
// The message goes out first; whatever keeps this process alive after that is ended by the shell.
setImmediate(() => process.exit());
