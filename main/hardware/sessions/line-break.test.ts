import { describe, expect, it } from 'vitest';
import { AgentError, encodeLatin1, type WireRequest } from '../../../drivers/kit/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createScriptedTransport } from '../testing/scripted-transport.ts';
import { createExchangeEngine, type ExchangeTerms } from './exchange.ts';
import { createFrameGate } from './frame-gate.ts';
import { encodeBreak } from './rfc2217/com-port.ts';
import type { Transport } from './transport.ts';

const waking: WireRequest<string> = {
  bytes: encodeLatin1('?'),
  label: 'status, after a break',
  replyTimeoutMs: 100,
  breakMs: 120,
  match: (buffer) =>
    buffer.length === 0
      ? { kind: 'incomplete' }
      : { kind: 'reply', value: String.fromCharCode(...buffer), consumed: 1 },
};
const terms: ExchangeTerms = {
  deviceName: 'the scale',
  signal: null,
  resynchronisation: { type: 'none' },
  beforeWrite: () => {},
  afterReply: () => {},
};
const codeOf = (error: unknown) => AgentError.from(error).code;

describe('a break on the line', () => {
  const open = (sendBreak?: Transport['sendBreak']) => {
    const scripted = createScriptedTransport();
    const transport: Transport = sendBreak === undefined ? scripted : { ...scripted, sendBreak };
    const engine = createExchangeEngine(transport, {
      settings: null,
      quietBeforeSendMs: 0,
      clock: createManualClock(),
    });
    return { scripted, engine };
  };

  it('is held before the bytes, and the answer is that to the bytes', async () => {
    const held: string[] = [];
    const { scripted, engine } = open(
      async (durationMs) => void held.push(`${durationMs} ms, ${scripted.written.length} written`),
    );
    scripted.onWrite = () => scripted.arrive('K');
    expect(await engine.exchange(waking, terms)).toBe('K');
    expect([held, scripted.written]).toEqual([['120 ms, 0 written'], ['?']]);
  });

  it('is refused where there is no serial line, or the port has none; nothing is sent, and the line is of use as before', async () => {
    const none = open();
    expect(await none.engine.exchange(waking, terms).catch(codeOf)).toBe('not_supported');
    const refusing = open(async () => {
      throw new AgentError('not_supported', 'no break');
    });
    expect(await refusing.engine.exchange(waking, terms).catch(codeOf)).toBe('not_supported');
    for (const { scripted, engine } of [none, refusing]) {
      expect(scripted.written).toEqual([]);
      scripted.onWrite = () => scripted.arrive('K');
      const { breakMs: _, ...plain } = waking;
      expect(await engine.exchange(plain, terms)).toBe('K');
    }
  });

  it('passes the gate only for a driver that calls it harmless, and for a second at most', () => {
    const isHarmless = () => true;
    const defaults = { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' } as const;
    const admit = (harmlessBreak: boolean, breakMs: number) => () =>
      createFrameGate(
        { isHarmless, links: { serial: { defaults, ...(harmlessBreak ? { harmlessBreak } : {}) } } },
        'the scale',
        null,
      ).admit({ ...waking, breakMs });
    expect(admit(true, 1_000)).not.toThrow();
    expect(admit(true, 1_001)).toThrow('a break of 1001 ms');
    expect(admit(false, 1)).toThrow('a break of 1 ms');
  });

  it('is told to a port server by SET-CONTROL', () => {
    expect([[...encodeBreak(true)], [...encodeBreak(false)]]).toEqual([
      [5, 5],
      [5, 6],
    ]);
  });
});
