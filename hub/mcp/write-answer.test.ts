import { once } from 'node:events';
import { createServer, type IncomingMessage, request, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { createManualClock } from '../../main/connectors/testing/manual-clock.ts';
import type { RelayedAnswer } from '../link/agent-link.ts';
import { linkCut } from '../link/link-faults.ts';
import { writeAnswer } from './write-answer.ts';

const closers: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0)) await close();
});

/** A response under way to a reader, both real. */
async function open(): Promise<{ readonly response: ServerResponse; readonly reader: Promise<IncomingMessage> }> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  closers.push(async () => {
    server.closeAllConnections();
    server.close();
    await once(server, 'close');
  });
  const asked = once(server, 'request');
  const sent = request({ host: '127.0.0.1', port: (server.address() as AddressInfo).port, agent: false });
  sent.on('error', () => {});
  sent.end();
  const reader = once(sent, 'response').then(([got]: IncomingMessage[]) => {
    if (got === undefined) throw new Error('no response');
    return got;
  });
  reader.catch(() => {});
  const [, response] = await asked;
  return { response, reader };
}

function answerOf(type: string, parts: AsyncIterable<string>): RelayedAnswer {
  return { status: 200, headers: { 'content-type': type }, parts, delivered() {} };
}

const word = { jsonrpc: '2.0', id: 1, result: { outcome: 'unknown' } };
const options = {
  clock: createManualClock(),
  headersOf: ({ headers }: RelayedAnswer) => headers,
  lastWord: () => word,
};
const progress = 'event: message\ndata: {"jsonrpc":"2.0","method":"notifications/progress"}\n\n';
const answer = 'event: message\ndata: {"jsonrpc":"2.0","id":1,"result":{}}\n\n';

/** These parts, and then a cut. */
async function* cutAfter(...parts: readonly string[]) {
  yield* parts;
  throw linkCut('bench', { verb: 'mcp', connector_id: 'cn_1', method: 'POST', headers: {}, body: null });
}

/** All that a reader gets, and whether it came to a proper end. */
async function readAll(reader: Promise<IncomingMessage>): Promise<{ readonly text: string; readonly whole: boolean }> {
  const got = await reader;
  let text = '';
  got.setEncoding('utf8').on('data', (chunk) => {
    text += chunk;
  });
  got.on('error', () => {});
  await new Promise((resolve) => got.once('close', resolve));
  return { text, whole: got.complete };
}

describe('an answer that is cut off', () => {
  it('ends a stream of events with the last word', async () => {
    const { response, reader } = await open();
    await writeAnswer(answerOf('text/event-stream', cutAfter(progress)), response, options);
    expect(await readAll(reader)).toEqual({
      text: `${progress}event: message\ndata: ${JSON.stringify(word)}\n\n`,
      whole: true,
    });
  });

  it('says nothing more where the answer has passed', async () => {
    const { response, reader } = await open();
    await writeAnswer(answerOf('text/event-stream', cutAfter(progress + answer)), response, options);
    expect(await readAll(reader)).toEqual({ text: progress + answer, whole: true });
  });

  it('ends an event that it was in the middle of before', async () => {
    const { response, reader } = await open();
    await writeAnswer(answerOf('text/event-stream', cutAfter(answer.slice(0, 30))), response, options);
    const { text } = await readAll(reader);
    expect(text.startsWith(`${answer.slice(0, 30)}\n\nevent: message\n`)).toBe(true);
  });

  it('is still to be told where nothing of a plain answer has left, and ends early afterwards', async () => {
    const first = await open();
    const early = writeAnswer(answerOf('application/json', cutAfter()), first.response, options);
    await expect(early).rejects.toMatchObject({ details: { reason: 'link_cut' } });
    expect(first.response.headersSent).toBe(false);
    const second = await open();
    await writeAnswer(answerOf('application/json', cutAfter('{"jsonrpc"')), second.response, options);
    expect(await readAll(second.reader)).toMatchObject({ whole: false });
  });
});

describe('a reader that takes nothing', () => {
  it('is cut off after half a minute', async () => {
    const { response } = await open();
    const clock = createManualClock();
    async function* endless() {
      for (;;) yield 'x'.repeat(1024 * 1024);
    }
    const written = writeAnswer(answerOf('text/event-stream', endless()), response, {
      ...options,
      clock,
      lastWord: () => null,
    });
    while (!response.writableNeedDrain) await new Promise((resolve) => setImmediate(resolve));
    // The buffers of the system are full once nothing was taken for a while.
    const closed = once(response, 'close');
    while (!response.destroyed) {
      clock.advance(30_000);
      await new Promise((resolve) => setImmediate(resolve));
    }
    await closed;
    await written;
  });
});
