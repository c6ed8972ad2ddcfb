/** The writer thread: the only place that writes to the databases. Started by `writer.ts`. */
import { parentPort, receiveMessageOnPort, workerData } from 'node:worker_threads';
import { AgentError } from '../../drivers/kit/index.ts';
import type { DatabaseName, FromWriter, PendingWrite, ToWriter, WriterOptions } from './messages.ts';
import { type OpenFiles, openFiles } from './open-files.ts';

/** So that a burst of readings can't hold up the journal for long. */
const STATE_GROUP_LIMIT = 256;

if (parentPort === null) throw new Error('writer-thread.ts runs as a worker thread only.');
const port = parentPort;
const options: WriterOptions = workerData;
const waiting: Record<DatabaseName, PendingWrite[]> = { journal: [], state: [] };
let closing = false;

const post = (message: FromWriter): void => port.postMessage(message);

const receive = (message: ToWriter): void => {
  if (message.type === 'close') closing = true;
  else {
    const { database, id, statements, mayForget } = message;
    waiting[database].push({ id, statements, mayForget });
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
    const journal = waiting.journal.splice(0);
    const state = journal.length > 0 ? [] : waiting.state.splice(0, STATE_GROUP_LIMIT);
    if (journal.length > 0) post({ type: 'written', outcomes: files.journal.commit(journal) });
    else if (state.length > 0) post({ type: 'written', outcomes: files.state.commit(state) });
    else return;
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
    files.journal.close();
    files.state.close();
    post({ type: 'closed' });
    port.close();
  });
};

run();
