import { describe, expect, it } from 'vitest';
import { encodeLatin1, noDevice } from '../../../drivers/kit/index.ts';
import { scannerSerial } from '../../../drivers/scanner-serial/index.ts';
import { optionsSchema } from '../../../drivers/scanner-serial/options.ts';
import { createManualClock } from '../testing/manual-clock.ts';
import { createStreamReader, type NumberedEntry } from './stream-reader.ts';
import { createUnaskedBytes } from './unasked-bytes.ts';

function open() {
  const clock = createManualClock();
  const entries: NumberedEntry[] = [];
  const faults: string[] = [];
  const stream = scannerSerial.stream?.({ ...noDevice, options: { ...optionsSchema.parse({}) } });
  if (stream == null) throw new Error('no stream');
  const reader = createStreamReader({
    stream,
    clock,
    deviceName: () => 'the scanner',
    onEntry: (entry) => entries.push(entry),
    onFault: (error) => faults.push(error.code),
  });
  const line = () => {
    const unasked = createUnaskedBytes();
    return { unasked, come: (text: string) => unasked.push(encodeLatin1(text)) };
  };
  /** Texts of items, reasons of gaps. */
  const told = () =>
    entries.map(({ entry }) => (entry.kind === 'item' ? entry.item['text'] : `${entry.reason} ${entry.bytes}`));
  return { clock, entries, faults, reader, line, told };
}

describe('what a device sends by itself', () => {
  it('is numbered without holes over every opening, each of which begins with a gap', async () => {
    const { reader, line, entries, told, clock } = open();
    const first = line();
    reader.opened(first.unasked);
    first.come('A\rB\r');
    reader.lost();
    await clock.advance(5_000);
    const second = line();
    reader.opened(second.unasked);
    second.come('C\r');
    expect(told()).toEqual(['not_listening null', 'A', 'B', 'not_listening null', 'C']);
    expect(entries.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4, 5]);
    expect(entries[0]?.entry).toMatchObject({ since: null });
    expect(entries[3]).toMatchObject({ at: '2026-01-01T00:00:06.000Z', entry: { since: '2026-01-01T00:00:01.000Z' } });
  });

  it('is not lost when it comes before anybody listens', () => {
    const { reader, line, told } = open();
    const { unasked, come } = line();
    come('A\rB');
    come('C\r');
    reader.opened(unasked);
    come('D\r');
    expect(told()).toEqual(['not_listening null', 'A', 'BC', 'D']);
  });

  it('is told as missing when more came before anybody listened than there was room for', () => {
    const { reader, line, told } = open();
    const { unasked, come } = line();
    come(`${'A'.repeat(999)}\r`);
    come('x'.repeat(65_536));
    come('B\r');
    reader.opened(unasked);
    expect(told()).toEqual(['not_listening null', 'A'.repeat(999), 'unreadable 65538']);
  });

  it('is cut off when the cable is pulled in the middle of it, and the rest is no item of its own', () => {
    const { reader, line, told } = open();
    const first = line();
    reader.opened(first.unasked);
    first.come('40063');
    reader.lost();
    reader.lost();
    const second = line();
    reader.opened(second.unasked);
    second.come('81333931\r');
    expect(told()).toEqual(['not_listening null', 'cut_off 5', 'not_listening null', '81333931']);
  });

  it('is unreadable when its end does not come, told after at most a second and before the next item', async () => {
    const { reader, line, told, clock } = open();
    const { unasked, come } = line();
    reader.opened(unasked);
    come('half');
    await clock.advance(499);
    await clock.poll();
    come('er');
    await clock.advance(500);
    await clock.poll();
    expect(told()).toHaveLength(1);
    await clock.advance(1_000);
    expect(told()).toEqual(['not_listening null', 'unreadable 6']);
    come('x');
    await clock.advance(500);
    await clock.poll();
    come('B\r');
    expect(told().slice(2)).toEqual(['unreadable 1', 'B']);
  });

  it('is whole when it was here in time and only we were late', async () => {
    const { reader, line, told, clock } = open();
    const { unasked, come } = line();
    reader.opened(unasked);
    come('A');
    await clock.advance(500);
    come('B\r');
    await clock.poll();
    await clock.advance(2_000);
    await clock.poll();
    expect(told()).toEqual(['not_listening null', 'AB']);
  });

  it('is a fault of the settings when nothing of it can be read for long, once', async () => {
    const { reader, line, faults, clock } = open();
    const { unasked, come } = line();
    reader.opened(unasked);
    const noise = async (times: number) => {
      for (let round = 0; round < times; round += 1) {
        come('\u0000');
        await clock.advance(500);
        await clock.poll();
        await clock.advance(1_000);
      }
    };
    await noise(2);
    come('A\r');
    await noise(2);
    expect(faults).toEqual([]);
    await noise(3);
    expect(faults).toEqual(['bad_reply']);
  });

  it('ends when it is closed, and tells nothing more', async () => {
    const { reader, line, told, clock } = open();
    const { unasked, come } = line();
    reader.opened(unasked);
    come('half');
    reader.close();
    come('A\r');
    await clock.advance(5_000);
    await clock.poll();
    expect(told()).toEqual(['not_listening null']);
  });
});
