import { describe, expect, it } from 'vitest';
import { decodeLatin1, encodeLatin1, matchLines } from '../lines.ts';
import { unanswered, type WireRequest } from '../link.ts';
import type { Plan } from '../tools.ts';
import { createMemoryLink } from './memory-link.ts';
import type { SimulatedDevice } from './simulated-device.ts';

const isHarmless = (bytes: Uint8Array) => decodeLatin1(bytes).startsWith('?');

function ask(text: string, replyTimeoutMs = 100): WireRequest<string> {
  return {
    bytes: encodeLatin1(text),
    label: text,
    match: matchLines((line) => (line === 'bad' ? { kind: 'bad', expected: 'good' } : { kind: 'reply', value: line })),
    replyTimeoutMs,
  };
}

function planOf(...frames: readonly string[]): Plan {
  return { summary: 'x', frames: frames.map((text) => ({ bytes: encodeLatin1(text), label: text })), data: {} };
}

/** Says back what it hears, after `delayMs`. */
function parrot(delayMs = 0): SimulatedDevice & { readonly heard: string[] } {
  const heard: string[] = [];
  return {
    heard,
    receive(bytes, send) {
      const text = decodeLatin1(bytes);
      heard.push(text);
      if (text !== '?silence') send(encodeLatin1(`${text.slice(1)}\r\n`), delayMs);
    },
    state: () => ({}),
  };
}

describe('the memory link', () => {
  it('lets harmless frames through without a permit', async () => {
    const device = parrot();
    const link = createMemoryLink({ isHarmless }, device);
    expect(await link.exchange(ask('?a'))).toBe('a');
    expect(link.sent.map(decodeLatin1)).toEqual(['?a']);
  });

  it('refuses a harmful frame without a permit before a byte leaves', async () => {
    const device = parrot();
    const link = createMemoryLink({ isHarmless }, device);
    await expect(link.exchange(ask('!go'))).rejects.toMatchObject({ code: 'frame_not_permitted' });
    expect(device.heard).toEqual([]);
    expect(link.sent).toEqual([]);
  });

  it('lets each planned frame through once, and only those bytes', async () => {
    const device = parrot();
    const link = createMemoryLink({ isHarmless }, device);
    link.permit(planOf('!go'));
    await expect(link.exchange(ask('!go on'))).rejects.toMatchObject({ code: 'frame_not_permitted' });
    expect(await link.exchange(ask('!go'))).toBe('go');
    await expect(link.exchange(ask('!go'))).rejects.toMatchObject({ code: 'frame_not_permitted' });
    expect(device.heard).toEqual(['!go']);
  });

  it('spends a permit also when the device does not answer', async () => {
    const link = createMemoryLink({ isHarmless }, { receive: () => {}, state: () => ({}) });
    link.permit(planOf('!go'));
    await expect(link.exchange(ask('!go'))).rejects.toMatchObject({ code: 'no_reply' });
    await expect(link.exchange(ask('!go'))).rejects.toMatchObject({ code: 'frame_not_permitted' });
  });

  it('counts silence and an answer that is too late as no reply', async () => {
    await expect(createMemoryLink({ isHarmless }, parrot()).exchange(ask('?silence'))).rejects.toMatchObject({
      code: 'no_reply',
    });
    await expect(createMemoryLink({ isHarmless }, parrot(101)).exchange(ask('?a'))).rejects.toMatchObject({
      code: 'no_reply',
    });
    expect(await createMemoryLink({ isHarmless }, parrot(100)).exchange(ask('?a'))).toBe('a');
  });

  it('says what an unreadable answer was and what it should have been', async () => {
    await expect(createMemoryLink({ isHarmless }, parrot()).exchange(ask('?bad'))).rejects.toMatchObject({
      code: 'bad_reply',
      details: { expected: 'good', seen: '"bad"' },
    });
  });

  it('takes no answer to a frame that has none, and drops what comes all the same', async () => {
    const device = parrot();
    const link = createMemoryLink({ isHarmless }, device);
    expect(await link.exchange(unanswered({ bytes: encodeLatin1('?a'), label: 'a' }))).toBeNull();
    expect(await link.exchange(ask('?b'))).toBe('b');
    await expect(link.exchange(unanswered({ bytes: encodeLatin1('!go'), label: 'go' }))).rejects.toMatchObject({
      code: 'frame_not_permitted',
    });
  });

  it('splits answers as asked', async () => {
    const link = createMemoryLink({ isHarmless }, parrot(), { chunkBytes: 1 });
    expect(await link.exchange(ask('?abc'))).toBe('abc');
  });
});
