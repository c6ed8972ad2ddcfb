import { describe, expect, it } from 'vitest';
import { matchLines, noDevice, type Resynchronisation, type SerializedAgentError } from '../../../drivers/kit/index.ts';
import { scaleSics } from '../../../drivers/scale-sics/index.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createScriptedTransport } from '../testing/scripted-transport.ts';
import { noWireTap } from '../wire/wire-taps.ts';
import { createDeviceWork } from './device-work.ts';
import { createExchangeEngine } from './exchange.ts';
import { createPortQueue } from './port-queue.ts';
import { createUnitBackoff } from './unit-backoff.ts';

const about = { purpose: 'read' } as const;
const settings = scaleSics.links.serial?.defaults ?? null;
const weight = {
  bytes: Buffer.from('SI\r\n'),
  label: 'read the weight',
  match: matchLines((line) => ({ kind: 'reply', value: line })),
  replyTimeoutMs: 100,
};

function open(quietMs = 0) {
  const resynchronisation: Resynchronisation = { type: 'quiet', quietMs };
  const clock = createManualClock();
  const transport = createScriptedTransport();
  const engine = createExchangeEngine(transport, { settings, quietBeforeSendMs: 0, clock });
  const line = { engine, queue: createPortQueue(() => ''), unasked: null };
  const backoff = createUnitBackoff(clock);
  const told: (SerializedAgentError | null)[] = [];
  const work = createDeviceWork({
    tap: noWireTap,
    driver: { ...scaleSics, resynchronise: () => resynchronisation },
    context: { ...noDevice, settings },
    deviceName: () => 'the scale',
    clock,
    backoff,
    onTransaction: (error) => void told.push(error),
  });
  return { clock, transport, line, backoff, told, work };
}

describe('the work of a driver', () => {
  it('can not reach the device any more once its call is over', async () => {
    const { transport, line, work } = open();
    const kept = await work.perform(line, { signal: null, about }, async ({ link }) => link);
    await expect(kept.exchange(weight)).rejects.toMatchObject({ code: 'closed' });
    expect(transport.written).toEqual([]);
  });

  it('can not send what it had begun when its call ended', async () => {
    const { transport, line, work, clock } = open(50);
    let begun: Promise<unknown> = Promise.resolve();
    await work.perform(line, { signal: null, about }, async ({ link }) => {
      begun = link.exchange(weight).catch((error: unknown) => error);
    });
    await clock.advance(100);
    expect(transport.written).toEqual([]);
    expect(await begun).toMatchObject({ code: 'closed' });
  });

  it('is told as a transaction when the device was asked, and not when it was not', async () => {
    const { transport, line, work, told, clock, backoff } = open();
    await work.perform(line, { signal: null, about }, async () => {});
    await work
      .perform(line, { signal: null, about }, () => Promise.reject(new Error('before anything')))
      .catch(() => {});
    expect(told).toEqual([]);

    const answered = work.perform(line, { signal: null, about }, ({ link }) => link.exchange(weight));
    await clock.advance(0);
    transport.arrive('S S 1.00 g\r\n');
    expect(await answered).toBe('S S 1.00 g');
    expect(told).toEqual([null]);

    const silent = work.perform(line, { signal: null, about }, ({ link }) => link.exchange(weight)).catch(() => {});
    await clock.advance(200);
    await clock.poll();
    await silent;
    expect(told.at(-1)).toMatchObject({ code: 'no_reply' });
    expect(backoff.waitMs()).toBeGreaterThan(0);
  });

  it('proves nothing when a driver takes silence for an answer', async () => {
    const { line, work, told, clock, backoff } = open();
    const swallowed = work.perform(line, { signal: null, about }, ({ link }) =>
      link.exchange(weight).catch(() => 'nothing'),
    );
    await clock.advance(200);
    await clock.poll();
    expect(await swallowed).toBe('nothing');
    expect(told).toEqual([]);
    expect(backoff.waitMs()).toBeGreaterThan(0);
  });
});
