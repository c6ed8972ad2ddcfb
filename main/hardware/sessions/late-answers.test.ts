import { describe, expect, it } from 'vitest';
import {
  AgentError,
  encodeLatin1,
  matchLines,
  type Resynchronisation,
  type WireRequest,
} from '../../../drivers/kit/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createScriptedTransport } from '../testing/scripted-transport.ts';
import { createExchangeEngine, type ExchangeTerms } from './exchange.ts';

function ask(text: string): WireRequest<string> {
  return {
    bytes: encodeLatin1(`${text}\n`),
    label: text,
    replyTimeoutMs: 100,
    match: matchLines((line) =>
      line.startsWith('?') ? { kind: 'bad', expected: 'no ?' } : { kind: 'reply', value: line },
    ),
  };
}

/** An engine that is in step. */
function open(resynchronisation: Resynchronisation) {
  const clock = createManualClock();
  const transport = createScriptedTransport();
  const engine = createExchangeEngine(transport, { settings: null, quietBeforeSendMs: 0, clock });
  const terms = (): ExchangeTerms => ({
    deviceName: 'the scale',
    signal: null,
    resynchronisation,
    beforeWrite: () => {},
    afterReply: () => {},
  });
  const settled = async () => {
    const first = engine.exchange(ask('first'), terms());
    await clock.advance(60);
    transport.arrive('ok\n');
    await first;
    return { clock, transport, engine, terms };
  };
  return { settled };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => AgentError.from(error).code,
  );

describe('where answers look alike', () => {
  const alike: Resynchronisation = { type: 'quiet', quietMs: 50, lateMs: 1_000 };
  /** A question that was given up at 200 ms, and the next one on its way. */
  const givenUp = async () => {
    const bench = await open(alike).settled();
    const { engine, terms, clock, transport } = bench;
    const first = codeOf(engine.exchange(ask('one'), terms()));
    await clock.advance(200);
    await clock.poll();
    expect(await first).toBe('no_reply');
    const next = (deviceName = 'the scale') => engine.exchange(ask('two'), { ...terms(), deviceName });
    const asked = () => transport.written.includes('two\n');
    return { ...bench, next, asked };
  };

  it('waits for the late one, and asks when it has come', async () => {
    const { clock, transport, next, asked } = await givenUp();
    const second = next();
    await clock.advance(700);
    expect(asked()).toBe(false);
    transport.arrive('answer to one\n');
    await clock.advance(100);
    expect(asked()).toBe(true);
    transport.arrive('answer to two\n');
    expect(await second).toBe('answer to two');
  });

  it('asks all the same when it does not come', async () => {
    const { clock, transport, next, asked } = await givenUp();
    const second = next();
    await clock.advance(999);
    expect(asked()).toBe(false);
    await clock.advance(60);
    expect(asked()).toBe(true);
    transport.arrive('answer to two\n');
    expect(await second).toBe('answer to two');
  });

  it('holds up no other unit on the line', async () => {
    const { clock, next, asked } = await givenUp();
    next('unit 7').catch(() => {});
    await clock.advance(60);
    expect(asked()).toBe(true);
  });

  it('waits for nothing when the answer came and could not be read', async () => {
    const { engine, terms, clock, transport } = await open(alike).settled();
    const first = codeOf(engine.exchange(ask('one'), terms()));
    await clock.advance(0);
    transport.arrive('?\n');
    expect(await first).toBe('bad_reply');
    engine.exchange(ask('two'), terms()).catch(() => {});
    await clock.advance(60);
    expect(transport.written.at(-1)).toBe('two\n');
  });
});
