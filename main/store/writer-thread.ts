/** The writer thread: the only place that writes to the databases. Started by `writer.ts`. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { AgentError } from '../../drivers/kit/index.ts';
import {
  type DatabaseName,
  databasesOf,
  type FromWriter,
  type PendingWrite,
  type ToWriter,
  type WriterOptions,
} from './messages.ts';
import { type OpenFiles, openFiles } from './open-files.ts';

/** So that a burst of readings can't hold up the journal for long. */
const GROUP_LIMIT = 256;

if (parentPort === null) throw new Error('writer-thread.ts runs as a worker thread only.');
const port = parentPort;
const options: WriterOptions = workerData;
const names: readonly DatabaseName[] = databasesOf[options.kind];
const waiting = new Map<DatabaseName, PendingWrite[]>(names.map((name) => [name, []]));
let closing = false;

const post = (message: FromWriter): void => port.postMessage(message);

const receive = (message: ToWriter): void => {
  if (message.type === 'close') closing = true;
  else {
    const { database, id, statements, mayForget } = message;
    waiting.get(database)?.push({ id, statements, mayForget });
  }
};

/** Takes what has arrived since; commits take long enough for a group to gather. */
const receiveAll = (): void => {
  for (let next = receiveMessageOnPort(port); next !== undefined; next = receiveMessageOnPort(port)) {
    receive(next.message);
  }
};

const commitAll = (files: OpenFiles): void => {
  for (;;) {
    receiveAll();
    // What comes first in the list goes first, whole: an agent's journal before its state.
    const name = names.find((candidate) => (waiting.get(candidate)?.length ?? 0) > 0);
    const file = name === undefined ? undefined : files.files.get(name);
    if (name === undefined || file === undefined) return;
    const group = waiting.get(name)?.splice(0, name === 'journal' ? Number.POSITIVE_INFINITY : GROUP_LIMIT) ?? [];
    post({ type: 'written', outcomes: file.commit(group) });
  }
};

const run = (): void => {
  let files: OpenFiles;
  try {
    files = openFiles(options);
  } catch (error) {
    post({ type: 'unusable', error: AgentError.from(error).serialize() });
    port.close();
    return;
  }
  post({ type: 'ready', notices: files.notices });
  port.on('message', (message: ToWriter) => {
    receive(message);
    commitAll(files);
    if (!closing) return;
    for (const file of files.files.values()) file.close();
    post({ type: 'closed' });
    port.close();
  });
};

run();
