import { afterEach, describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { maxRequests } from '../../main/api/link/index.ts';
import type { RelayMcp } from '../../main/cloud/link/relay-mcp.ts';
import type { LinkRequest } from './agent-link.ts';
import { type JoinedLink, joinLink } from './testing/joined-link.ts';

const HOUR_MS = 3_600_000;
const call = { verb: 'mcp', connector_id: 'cn_1', method: 'POST', headers: {}, body: {} } as const;
const stream: LinkRequest = {
  caller: { id: 'key_1', name: 'program', scopes: ['tools:read', 'tools:act'] },
  mintedKey: null,
  deadlineMs: null,
  signal: new AbortController().signal,
};

/** Answers of the machine that a test writes as it goes, one for each request, in the order they come. */
function createAnswers() {
  const opened: {
    readonly write: (text: string | Uint8Array) => void;
    readonly end: () => void;
    readonly cancelled: Promise<void>;
    readonly signal: AbortSignal;
    readonly ended: AbortSignal;
  }[] = [];
  const relayMcp: RelayMcp = async ({ signal }, principal) => {
    const cancelled = Promise.withResolvers<void>();
    const bytes = new TextEncoder();
    let controller: ReadableStreamDefaultController<Uint8Array> | undefined;
    const body = new ReadableStream<Uint8Array>({
      start: (own) => {
        controller = own;
      },
      cancel: () => cancelled.resolve(),
    });
    opened.push({
      write: (text) => controller?.enqueue(typeof text === 'string' ? bytes.encode(text) : text),
      end: () => controller?.close(),
      cancelled: cancelled.promise,
      signal,
      ended: principal.ended,
    });
    return { response: new Response(body, { headers: { 'content-type': 'text/event-stream' } }), delivered() {} };
  };
  return { opened, relayMcp };
}

describe('a stream of MCP over a link', () => {
  let link: JoinedLink;
  afterEach(() => link.close());

  it('lives as long as both sides, and is let go of when its caller leaves, however idle', async () => {
    const { opened, relayMcp } = createAnswers();
    link = await joinLink({ relayMcp });
    const gone = new AbortController();
    const { parts, status } = await link.hub.relay(call, { ...stream, signal: gone.signal });
    expect(status).toBe(200);
    const reader = parts[Symbol.asyncIterator]();
    for (let hour = 0; hour < 24; hour += 1) {
      link.clock.advance(HOUR_MS);
      opened[0]?.write(`: ${hour}\n\n`);
      expect((await reader.next()).value).toBe(`: ${hour}\n\n`);
    }
    gone.abort();
    await expect(reader.next()).rejects.toThrow('went away');
    await opened[0]?.cancelled;
    expect(opened[0]?.signal.aborted).toBe(true);
  });

  it('ends when the machine takes the grant back, with what to grant', async () => {
    const { opened, relayMcp } = createAnswers();
    link = await joinLink({ relayMcp });
    const { parts } = await link.hub.relay(call, stream);
    const next = parts[Symbol.asyncIterator]().next();
    link.grant({ act: false });
    await link.settled();
    opened[0]?.write('still open');
    expect((await next).value).toBe('still open');
    const last = parts[Symbol.asyncIterator]().next();
    link.grant({ read: false });
    await expect(last).rejects.toThrow('does not let its hub read');
    await opened[0]?.cancelled;
  });

  it('ends with the link, and leaves the session to the pairing', async () => {
    const { opened, relayMcp } = createAnswers();
    link = await joinLink({ relayMcp });
    const { parts } = await link.hub.relay(call, stream);
    const next = parts[Symbol.asyncIterator]().next();
    next.catch(() => {});
    await link.cut();
    await expect(next).rejects.toMatchObject({ details: { reason: 'link_cut' } });
    await opened[0]?.cancelled;
    expect(opened[0]?.ended.aborted).toBe(false);
    link.paired.abort();
    expect(opened[0]?.ended.aborted).toBe(true);
  });

  it('takes no room from calls', async () => {
    const { opened, relayMcp } = createAnswers();
    link = await joinLink({ relayMcp });
    for (let count = 0; count < maxRequests + 6; count += 1) await link.hub.relay(call, stream);
    const answer = await link.hub.relay(call, { ...stream, deadlineMs: 1_000 });
    opened.at(-1)?.end();
    for await (const part of answer.parts) expect(part).toBe('');
  });
});

describe('a call of MCP over a link', () => {
  let link: JoinedLink;
  afterEach(() => link.close());

  it('ends at its deadline, at the machine and at the hub', async () => {
    const { opened, relayMcp } = createAnswers();
    link = await joinLink({ relayMcp });
    const { parts } = await link.hub.relay(call, { ...stream, deadlineMs: 60_000 });
    const next = parts[Symbol.asyncIterator]().next();
    next.catch(() => {});
    link.clock.advance(59_999);
    await link.settled();
    expect(opened[0]?.signal.aborted).toBe(false);
    link.clock.advance(1);
    await expect(next).rejects.toMatchObject({ code: 'deadline_exceeded' });
    await opened[0]?.cancelled;
  });

  it('brings a large answer over whole, in parts that the link takes, whatever is cut where', async () => {
    const { opened, relayMcp } = createAnswers();
    link = await joinLink({ relayMcp });
    const text = `${'a€'.repeat(100_000)}😀${'é'.repeat(2_500_000)}`;
    const answer = await link.hub.relay(call, { ...stream, deadlineMs: 60_000 });
    opened[0]?.write(text);
    opened[0]?.end();
    let whole = '';
    let largest = 0;
    for await (const part of answer.parts) {
      whole += part;
      largest = Math.max(largest, Buffer.byteLength(part));
    }
    expect(whole === text).toBe(true);
    expect(largest).toBeLessThanOrEqual(64 * 1024 + 3);
  });

  it('is refused when it is larger than a frame may be, and the link stands', async () => {
    const { opened, relayMcp } = createAnswers();
    link = await joinLink({ relayMcp });
    const large = { ...call, body: Array.from({ length: 250_000 }, () => 1e20) };
    await expect(link.hub.relay(large, stream)).rejects.toMatchObject({ code: 'payload_too_large' });
    await link.hub.relay(call, stream);
    expect(opened).toHaveLength(1);
    const refused = link.hub.relay(call, { ...stream, signal: AbortSignal.abort() });
    await expect(refused).rejects.toBeInstanceOf(AgentError);
  });
});
