import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  AgentError,
  decodeLatin1,
  encodeLatin1,
  matchLines,
  type Resynchronisation,
  type SerialSettings,
  unanswered,
  type WireRequest,
} from '../../../drivers/kit/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createScriptedTransport } from '../testing/scripted-transport.ts';
import { createExchangeEngine, type ExchangeTerms } from './exchange.ts';

const settings: SerialSettings = {
  baud_rate: 10_000,
  data_bits: 8,
  parity: 'none',
  stop_bits: 1,
  flow_control: 'none',
};

function ask(text: string, replyTimeoutMs = 100): WireRequest<string> {
  return {
    bytes: encodeLatin1(`${text}\n`),
    label: text,
    replyTimeoutMs,
    match: matchLines((line) =>
      line.startsWith('?') ? { kind: 'bad', expected: 'no ?' } : { kind: 'reply', value: line },
    ),
  };
}

const quiet: Resynchronisation = { type: 'quiet', quietMs: 50 };
const question: Resynchronisation = {
  type: 'question',
  request: {
    ...ask('SYNC'),
    match: matchLines((line) => (line === 'IN STEP' ? { kind: 'reply', value: null } : { kind: 'skip' })),
  },
};

function open(resynchronisation: Resynchronisation = quiet, quietBeforeSendMs = 0, deadAfterMs: number | null = null) {
  const clock = createManualClock();
  const transport = createScriptedTransport();
  const unasked: string[] = [];
  const engine = createExchangeEngine(transport, {
    settings,
    quietBeforeSendMs,
    deadAfterMs,
    clock,
    onUnasked: (bytes) => void unasked.push(decodeLatin1(bytes)),
  });
  const terms = (signal: AbortSignal | null = null): ExchangeTerms => ({
    deviceName: 'the scale',
    signal,
    resynchronisation,
    beforeWrite: () => {},
    afterReply: () => {},
  });
  /** Past the first getting in step. */
  const settled = async () => {
    await clock.advance(100);
    const first = engine.exchange(ask('first'), terms());
    await clock.advance(0);
    if (resynchronisation.type === 'question') transport.arrive('IN STEP\n');
    await clock.advance(0);
    transport.arrive('ok\n');
    await first;
    unasked.length = 0;
    return { clock, transport, engine, terms, unasked };
  };
  return { clock, transport, engine, terms, settled };
}

const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => AgentError.from(error).code,
  );

describe('a request that asks nothing of the device', () => {
  const listen: WireRequest<string> = { ...ask('what it says by itself'), bytes: new Uint8Array() };
  /** A link that keeps its frames apart, as HID does. */
  const apart = () => {
    const clock = createManualClock();
    const transport = createScriptedTransport();
    const engine = createExchangeEngine(transport, { settings: null, quietBeforeSendMs: 0, clock });
    let answers = 0;
    const terms: ExchangeTerms = {
      deviceName: 'the scale',
      signal: null,
      resynchronisation: { type: 'none' },
      beforeWrite: () => {},
      afterReply: () => (answers += 1),
    };
    return { clock, transport, engine, terms, answers: () => answers };
  };

  it('writes nothing and takes what comes after it began, never what came before', async () => {
    const { clock, transport, engine, terms, answers } = apart();
    transport.arrive('old\n');
    const heard = engine.exchange(listen, terms);
    await clock.advance(0);
    transport.arrive('new\n');
    expect(await heard).toBe('new');
    expect([transport.written, answers()]).toEqual([[], 1]);
  });

  it('does not wait for silence on a link that needs none', async () => {
    const { clock, transport, engine, terms } = apart();
    const first = engine.exchange(ask('first'), terms);
    await clock.advance(0);
    transport.arrive('ok\n');
    expect(await first).toBe('ok');
  });

  it('counts no answer of the transport as one of the device', async () => {
    const { clock, transport, engine, terms, answers } = apart();
    const asked = engine.exchange({ ...ask('recall'), local: true }, terms);
    await clock.advance(0);
    transport.arrive('kept\n');
    expect([await asked, answers()]).toEqual(['kept', 0]);
  });

  it('opens anew what had not taken everything, and says why in words of its link', async () => {
    const { clock, transport, engine, terms } = apart();
    const ended = new Promise<AgentError>((resolve) => engine.onEnd(resolve));
    transport.onWrite = () => new Promise(() => {});
    const asked = codeOf(engine.exchange(ask('first'), terms));
    await clock.advance(200);
    await clock.poll();
    expect(await asked).toBe('no_reply');
    expect(await ended).toMatchObject({ code: 'no_reply', details: { reason: 'not_taken' } });
  });
});

describe('an exchange', () => {
  it('gives the reply however it was cut into chunks', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(8), { maxLength: 9 }), async (cuts) => {
        const { transport, engine, terms, clock } = await open().settled();
        const reply = engine.exchange(ask('weight'), terms());
        await clock.advance(0);
        const bytes = '12.480 kg\n';
        const edges = [0, ...cuts.sort((left, right) => left - right), bytes.length];
        edges.slice(1).forEach((edge, index) => void transport.arrive(bytes.slice(edges[index], edge)));
        expect(await reply).toBe('12.480 kg');
      }),
      { numRuns: 25 },
    );
  });

  it('times the reply from the last byte that left at the speed of the line', async () => {
    const { transport, engine, terms, clock } = await open().settled();
    // Ten characters of ten bits at 10,000 baud: 10 ms.
    const reply = codeOf(engine.exchange(ask('123456789'), terms()));
    await clock.advance(109);
    transport.arrive('late but in time\n');
    expect(await reply).toBe('resolved');
  });

  it('rejects with no_reply and says what it saw', async () => {
    const { transport, engine, terms, clock } = await open().settled();
    const reply = engine.exchange(ask('weight'), terms());
    const failed = expect(reply).rejects.toMatchObject({ code: 'no_reply', details: { seen: '68 61 6C 66' } });
    await clock.advance(10);
    transport.arrive('half');
    await clock.advance(200);
    await clock.poll();
    await failed;
  });

  it('gives up a connection that brings nothing for long though it was asked, and only such a one', async () => {
    const { transport, engine, terms, clock } = await open(question, 0, 25_000).settled();
    const dead: AgentError[] = [];
    engine.onEnd((reason) => void dead.push(reason));
    const ask1 = async () => {
      const silent = codeOf(engine.exchange(ask('weight'), terms()));
      await clock.advance(500);
      await clock.poll();
      expect(await silent).toBe('no_reply');
    };
    await ask1();
    await clock.advance(20_000);
    await ask1();
    expect(dead).toEqual([]);
    // Anything that arrives shows that it is alive; and where nothing is asked, silence says nothing.
    transport.arrive('!\n');
    await clock.advance(60_000);
    await ask1();
    expect(dead).toEqual([]);
    await clock.advance(25_000);
    await ask1();
    expect(dead).toMatchObject([{ code: 'no_reply', details: { reason: 'half_open' } }]);
  });

  it('says at most how many bytes of a held frame can have left', async () => {
    const { transport, engine, terms, clock } = await open().settled();
    transport.onWrite = () => new Promise(() => {});
    Object.assign(transport, { left: () => ({ atLeast: 0, atMost: 3 }) });
    const held = engine.exchange(ask('weight'), terms());
    const failed = expect(held).rejects.toMatchObject({
      code: 'no_reply',
      message: expect.stringContaining('At most 3 of its 7 bytes can have left'),
      details: { sent_bytes_at_least: 0, sent_bytes_at_most: 3, bytes: 7 },
    });
    await clock.advance(500);
    await clock.poll();
    await failed;
  });

  it('counts a reply that was there when the time-out fired late', async () => {
    const { transport, engine, terms, clock } = await open().settled();
    const reply = engine.exchange(ask('weight'), terms());
    await clock.advance(500);
    // The timer ran; the poll that follows brings what was in the port.
    transport.arrive('1.0\n');
    await clock.poll();
    expect(await reply).toBe('1.0');
  });

  it('rejects at once when the device is unplugged', async () => {
    const { transport, engine, terms } = await open().settled();
    const reply = codeOf(engine.exchange(ask('weight'), terms()));
    transport.unplug();
    expect(await reply).toBe('device_unplugged');
    expect(await codeOf(engine.exchange(ask('weight'), terms()))).toBe('device_unplugged');
  });

  it('rejects a pause and a wait for silence when the device is unplugged', async () => {
    const { transport, engine, terms } = open();
    const waiting = codeOf(engine.exchange(ask('weight'), terms()));
    const pausing = codeOf(engine.pause(1_000, null));
    transport.unplug();
    expect(await waiting).toBe('device_unplugged');
    expect(await pausing).toBe('device_unplugged');
    expect(transport.written).toEqual([]);
  });

  it('ends with the reason of its signal', async () => {
    const { engine, terms, clock } = await open().settled();
    const controller = new AbortController();
    const reply = codeOf(engine.exchange(ask('weight'), terms(controller.signal)));
    await clock.advance(1);
    controller.abort(new AgentError('cancelled', 'no more'));
    expect(await reply).toBe('cancelled');
    expect(await codeOf(engine.exchange(ask('weight'), terms(controller.signal)))).toBe('cancelled');
  });

  it('asks one thing at a time', async () => {
    const { transport, engine, terms, clock } = await open().settled();
    const first = engine.exchange(ask('one'), terms());
    expect(await codeOf(engine.exchange(ask('two'), terms()))).toBe('internal_error');
    await clock.advance(0);
    transport.arrive('1\n');
    expect(await first).toBe('1');
    expect(transport.written.slice(1)).toEqual(['one\n']);
  });

  it('drops what came before the question was asked', async () => {
    const { transport, engine, terms, clock } = await open().settled();
    transport.arrive('unasked\n');
    const reply = engine.exchange(ask('weight'), terms());
    await clock.advance(0);
    transport.arrive('asked\n');
    expect(await reply).toBe('asked');
  });

  it('sends nothing that may not be sent', async () => {
    const { transport, engine, terms } = await open().settled();
    const refuse = () => {
      throw new AgentError('frame_not_permitted', 'no');
    };
    const before = transport.written.length;
    expect(await codeOf(engine.exchange(ask('zero'), { ...terms(), beforeWrite: refuse }))).toBe('frame_not_permitted');
    expect(transport.written.length).toBe(before);
  });
});

describe('a frame that the port does not take', () => {
  it.each(['time-out', 'abort'])('ends the line at a %s, so that the rest never leaves later', async (cause) => {
    const { transport, engine, terms, clock } = await open().settled();
    transport.onWrite = () => new Promise(() => {});
    const ended = new Promise<AgentError>((resolve) => engine.onEnd(resolve));
    const controller = new AbortController();
    const reply = codeOf(engine.exchange(ask('zero'), terms(controller.signal)));
    await clock.advance(1);
    if (cause === 'abort') controller.abort(new AgentError('cancelled', 'off'));
    await clock.advance(500);
    await clock.poll();
    expect(await reply).toBe(cause === 'abort' ? 'cancelled' : 'no_reply');
    expect(await ended).toMatchObject({ code: 'no_reply', details: { reason: 'flow_control' } });
    expect(await codeOf(engine.exchange(ask('next'), terms()))).toBe('no_reply');
    expect(transport.written.at(-1)).toBe('zero\n');
  });
});

describe('getting back in step', () => {
  it('begins every opening: what was sent before is not known', async () => {
    const { transport, engine, terms, clock } = open();
    const reply = engine.exchange(ask('weight'), terms());
    await clock.advance(30);
    transport.arrive('stale\n');
    await clock.advance(49);
    expect(transport.written).toEqual([]);
    await clock.advance(1);
    expect(transport.written).toEqual(['weight\n']);
    transport.arrive('fresh\n');
    expect(await reply).toBe('fresh');
  });

  it('keeps a late reply from the next question, by silence', async () => {
    const { transport, engine, terms, clock } = await open().settled();
    const first = codeOf(engine.exchange(ask('one'), terms()));
    await clock.advance(200);
    await clock.poll();
    expect(await first).toBe('no_reply');
    const second = engine.exchange(ask('two'), terms());
    await clock.advance(20);
    transport.arrive('answer to one\n');
    await clock.advance(50);
    transport.arrive('answer to two\n');
    expect(await second).toBe('answer to two');
  });

  it('keeps a late reply from the next question, by a question of its own', async () => {
    const { transport, engine, terms, clock } = await open(question).settled();
    const controller = new AbortController();
    const first = codeOf(engine.exchange(ask('one'), terms(controller.signal)));
    await clock.advance(1);
    controller.abort(new AgentError('deadline_exceeded', 'too late'));
    expect(await first).toBe('deadline_exceeded');
    const second = engine.exchange(ask('two'), terms());
    await clock.advance(1);
    transport.arrive('answer to one\nIN STEP\n');
    await clock.advance(1);
    transport.arrive('answer to two\n');
    expect(await second).toBe('answer to two');
    expect(transport.written.slice(-2)).toEqual(['SYNC\n', 'two\n']);
  });

  it('follows an unreadable reply', async () => {
    const { transport, engine, terms, clock } = await open(question).settled();
    const first = codeOf(engine.exchange(ask('one'), terms()));
    await clock.advance(0);
    transport.arrive('?\n');
    expect(await first).toBe('bad_reply');
    const second = codeOf(engine.exchange(ask('two'), terms()));
    await clock.advance(500);
    await clock.poll();
    expect(await second).toBe('no_reply');
    expect(transport.written.at(-1)).toBe('SYNC\n');
  });

  it('gives up on a line that never stops', async () => {
    const { transport, engine, terms, clock } = open();
    const reply = codeOf(engine.exchange(ask('one'), terms()));
    for (let elapsedMs = 0; elapsedMs < 3_000; elapsedMs += 40) {
      await clock.advance(40);
      transport.arrive('chatter\n');
    }
    expect(await reply).toBe('bad_reply');
    expect(transport.written).toEqual([]);
  });
});

describe('silence before a frame', () => {
  it('is waited for after traffic, and not again when the line was silent', async () => {
    const { transport, engine, terms, clock } = await open(quiet, 4).settled();
    const soon = engine.exchange(ask('soon'), terms());
    await clock.advance(3);
    expect(transport.written).toEqual(['first\n']);
    await clock.advance(1);
    expect(transport.written).toEqual(['first\n', 'soon\n']);
    transport.arrive('ok\n');
    await soon;
    await clock.advance(4);
    const later = engine.exchange(ask('later'), terms());
    await clock.advance(0);
    expect(transport.written.at(-1)).toBe('later\n');
    transport.arrive('ok\n');
    await later;
  });
});

describe('a frame that is not answered', () => {
  const off = unanswered({ bytes: encodeLatin1('OFF\n'), label: 'off' });

  it('is over when it has left, without a word from the device, and needs no getting in step', async () => {
    const { transport, engine, terms } = open();
    const told: string[] = [];
    const silent = { ...terms(), afterReply: () => told.push('answered') };
    expect(await engine.exchange(off, silent)).toBeNull();
    expect(transport.written).toEqual(['OFF\n']);
    expect(told).toEqual([]);
  });

  it('is not over before the port has let go of it', async () => {
    const { clock, transport, engine, terms } = open();
    const drained = Promise.withResolvers<void>();
    transport.drainWithDeadline = () => drained.promise;
    let over = false;
    const sent = engine.exchange(off, terms()).then(() => {
      over = true;
    });
    await clock.advance(10);
    expect(over).toBe(false);
    transport.arrive('what nobody asked for\n');
    drained.resolve();
    await sent;
  });

  it('that the port never lets go of ends the line: it must not leave later', async () => {
    const { clock, transport, engine, terms } = open();
    transport.drainWithDeadline = () => new Promise(() => {});
    const sent = codeOf(engine.exchange(off, terms()));
    await clock.advance(5_000);
    await clock.poll();
    expect(await sent).toBe('no_reply');
    expect(await codeOf(engine.exchange(ask('weight'), terms()))).toBe('no_reply');
  });
});

describe('an urgent exchange', () => {
  it('goes before the next of a call that is under way, and after the one on the wire', async () => {
    const { clock, transport, engine, terms } = await open().settled();
    const before = transport.written.length;
    const call = (async () => [
      await engine.exchange(ask('one'), terms()),
      await engine.exchange(ask('two'), terms()),
    ])();
    await clock.advance(0);
    const urgent = engine.exchange(ask('OFF'), { ...terms(), urgent: true });
    await clock.advance(0);
    expect(transport.written.slice(before)).toEqual(['one\n']);
    for (const answer of ['1\n', 'off\n', '2\n']) {
      transport.arrive(answer);
      await clock.advance(0);
    }
    expect(transport.written.slice(before)).toEqual(['one\n', 'OFF\n', 'two\n']);
    expect([await urgent, await call]).toEqual(['off', ['1', '2']]);
  });
});

describe('bytes that are no answer', () => {
  const passing: WireRequest<string> = {
    ...ask('weight'),
    match: matchLines<string>((line) => (line.startsWith('=') ? { kind: 'reply', value: line } : { kind: 'skip' })),
  };

  it('are handed on when nothing is asked', async () => {
    const { transport, unasked } = await open().settled();
    transport.arrive('scan\n');
    expect(unasked).toEqual(['scan\n']);
  });

  it('are handed on in their order when an exchange passes over them or leaves them behind', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(24), { maxLength: 9 }), async (cuts) => {
        const { transport, engine, terms, clock, unasked } = await open().settled();
        const reply = engine.exchange(passing, terms());
        await clock.advance(0);
        const text = 'one\ntwo\n=3\nthree\nfour\n';
        const places = [0, ...cuts.sort((left, right) => left - right), text.length];
        for (const [index, end] of places.slice(1).entries()) transport.arrive(text.slice(places[index], end));
        expect(await reply).toBe('=3');
        expect(unasked.join('')).toBe('one\ntwo\nthree\nfour\n');
      }),
      { numRuns: 50 },
    );
  });

  it('are handed on when the exchange can make nothing of them, or ends without an answer', async () => {
    const { transport, engine, terms, clock, unasked } = await open().settled();
    const bad = codeOf(engine.exchange(ask('weight'), terms()));
    await clock.advance(0);
    transport.arrive('?\n');
    expect(await bad).toBe('bad_reply');
    const controller = new AbortController();
    const cancelled = codeOf(engine.exchange(passing, terms(controller.signal)));
    await clock.advance(100);
    transport.arrive('half');
    controller.abort(new AgentError('cancelled', 'enough'));
    expect(await cancelled).toBe('cancelled');
    expect(unasked).toEqual(['?\n', 'half']);
  });

  it('are handed on while a frame leaves that nothing answers', async () => {
    const { transport, engine, terms, clock, unasked } = await open().settled();
    transport.onWrite = () => transport.arrive('scan\n');
    const sent = engine.exchange(unanswered({ bytes: encodeLatin1('go'), label: 'go' }), terms());
    await clock.advance(0);
    await sent;
    expect(unasked).toEqual(['scan\n']);
  });
});
