import { describe, expect, it } from 'vitest';
import {
  AgentError,
  encodeLatin1,
  type Resynchronisation,
  unanswered,
  type WireRequest,
} from '../../../drivers/kit/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createScriptedTransport } from '../testing/scripted-transport.ts';
import { noWireTap } from '../wire/wire-taps.ts';
import { createCallLink } from './call-link.ts';
import { createExchangeEngine, type ExchangeTerms } from './exchange.ts';
import { createFrameGate } from './frame-gate.ts';
import type { BytesLeft, Transport } from './transport.ts';

const quiet: Resynchronisation = { type: 'quiet', quietMs: 50 };
const question: WireRequest<null> = {
  bytes: encodeLatin1('?'),
  label: 'status',
  replyTimeoutMs: 100,
  match: () => ({ kind: 'incomplete' }),
};
const codeOf = (promise: Promise<unknown>) =>
  promise.then(
    () => 'resolved',
    (error: unknown) => AgentError.from(error).code,
  );

describe('a transport that knows how much of a write has left', () => {
  const print = unanswered({ bytes: new Uint8Array(9_000), label: 'print the receipt' }, 500);
  const openCounting = (more: Partial<Transport> = {}) => {
    const clock = createManualClock();
    const scripted = createScriptedTransport();
    let left: BytesLeft = { atLeast: 0, atMost: 0 };
    const transport: Transport = {
      ...scripted,
      ...more,
      write: () => new Promise(() => {}),
      left: () => left,
    };
    const engine = createExchangeEngine(transport, { settings: null, quietBeforeSendMs: 0, clock });
    const terms: ExchangeTerms = {
      deviceName: 'the printer',
      signal: null,
      resynchronisation: quiet,
      beforeWrite: () => {},
      afterReply: () => {},
    };
    const leave = (now: BytesLeft) => {
      left = now;
    };
    return { clock, scripted, engine, terms, leave };
  };

  it('has the error say between what and what it is when the printer holds the rest', async () => {
    const { clock, engine, terms, leave } = openCounting();
    const printing = engine.exchange(print, terms).catch((error: unknown) => error);
    await clock.advance(10);
    leave({ atLeast: 4_096, atMost: 8_192 });
    await clock.advance(600);
    await clock.poll();
    expect(await printing).toMatchObject({
      code: 'no_reply',
      message: expect.stringContaining('At least 4096 and at most 8192 of its 9000 bytes have left'),
      details: { reason: 'not_taken', sent_bytes_at_least: 4_096, sent_bytes_at_most: 8_192, bytes: 9_000 },
    });
    expect(await codeOf(engine.exchange(print, terms))).toBe('no_reply');
  });

  it('has the error say how much has left when the printer vanishes', async () => {
    const { clock, scripted, engine, terms, leave } = openCounting();
    const printing = engine.exchange(print, terms).catch((error: unknown) => error);
    await clock.advance(10);
    leave({ atLeast: 8_192, atMost: 8_192 });
    scripted.unplug();
    expect(await printing).toMatchObject({
      code: 'device_unplugged',
      message: expect.stringContaining('8192 of its 9000 bytes have left'),
      details: { sent_bytes_at_least: 8_192, sent_bytes_at_most: 8_192 },
    });
  });

  it('asks nothing of a printer that has no way to answer, and its health says so', async () => {
    const { clock, engine, terms } = openCounting({ isOneWay: true });
    const options = { engine, clock, deviceName: 'the printer', signal: null, trace: false, urgent: false };
    const gate = createFrameGate({ isHarmless: () => true }, 'the printer', null);
    const about = { purpose: 'read', tool: null, journal_id: null } as const;
    const call = createCallLink({
      ...options,
      tap: noWireTap,
      about,
      gate,
      resynchronisation: terms.resynchronisation,
    });
    await expect(call.link.exchange(question)).rejects.toMatchObject({
      code: 'unsupported_setting',
      details: { reason: 'one_way' },
    });
    expect(call.asked()).toBe(true);
  });

  it('reads the port of a printer, and says where there is none', async () => {
    const status = { paperEmpty: true, selected: true, error: false };
    const { engine, terms } = openCounting({ portStatus: async () => status });
    expect(await engine.portStatus(terms)).toEqual(status);
    expect(await codeOf(openCounting().engine.portStatus(terms))).toBe('not_supported');
    engine.end(new AgentError('closed', 'over'));
    expect(await codeOf(engine.portStatus(terms))).toBe('closed');
  });
});
