import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import { concatBytes, encodeLatin1, fromHex, type JsonObject, toHex } from '../../../drivers/kit/index.ts';
import type { SimulatedDevice } from '../../../drivers/kit/simulator/simulated-device.ts';
import { boardNames } from '../../../drivers/lock-relay/boards.table.ts';
import { simulatorModels } from '../../../drivers/simulators.ts';
import { heardOf, planShipped } from '../testing/planned-questions.ts';

/** Devices of every family, in the ways in which they differ, and what a person would mind about each. */
const victims: readonly { readonly listing: string; readonly name: string; readonly options: JsonObject }[] = [
  { listing: 'cn-scale-sics', name: 'a scale', options: { serial: 'B1' } },
  { listing: 'cn-scale-sics', name: 'a clone of a scale', options: { serial: 'B1', terse: true } },
  { listing: 'cn-scanner-serial', name: 'a scanner', options: {} },
  { listing: 'cn-printer-escpos', name: 'a printer', options: {} },
  { listing: 'cn-printer-escpos', name: 'a clone of a printer', options: { answers: 'clone' } },
  { listing: 'cn-printer-escpos', name: 'a printer that answers nothing', options: { answers: 'mute' } },
  ...(['waveshare-relay-8', 'xy-md02'] as const).map((map) => ({
    listing: 'cn-modbus',
    name: `a bus with ${map} at every address`,
    options: { units: Array.from({ length: 247 }, (_, index) => ({ address: index + 1, map })) },
  })),
  ...boardNames.map((board) => ({ listing: 'cn-lock-relay', name: `a relay board ${board}`, options: { board } })),
];

function make({ listing, options }: (typeof victims)[number]): SimulatedDevice {
  const model = simulatorModels.find((one) => one.listing === listing);
  if (model === undefined) throw new Error(`no simulator for ${listing}`);
  return model.create(options);
}

/** What a person would see of what was done to it; not what it was only asked. */
function harmOf(device: SimulatedDevice): JsonObject {
  const { writes, writes_total, harmful, harmful_count, commands, now_ms, power_ups, buffered_bytes, ...seen } =
    device.state();
  void [writes_total, harmful_count, now_ms, power_ups, buffered_bytes, commands];
  const done = (list: unknown) => (Array.isArray(list) ? list.filter((one) => one.effect === 'done') : []);
  return { ...seen, done: [...done(writes), ...done(harmful)] };
}

/** Whether these bytes did anything to it. */
function isHarmed(victim: (typeof victims)[number], pieces: readonly Uint8Array[]): boolean {
  const device = make(victim);
  device.powerOn?.(() => {});
  const before = JSON.stringify(harmOf(device));
  for (const piece of pieces) device.receive(piece, () => {});
  return JSON.stringify(harmOf(device)) !== before;
}

describe.each(victims)('$name ($listing)', (victim) => {
  const driver = drivers.find(({ id }) => id === victim.listing);

  it('is not harmed by what is asked before it is', () => {
    const { attempts } = planShipped('serial');
    const first = attempts.findIndex((attempt) => attempt.driver.id === victim.listing);
    const asked = first < 0 ? attempts : attempts.slice(0, first);
    expect(isHarmed(victim, heardOf(asked))).toBe(false);
  });

  it('does nothing worse than print, should it not answer to its own questions', () => {
    const { attempts } = planShipped('serial');
    const all = heardOf(attempts.filter((attempt) => attempt.driver.id !== victim.listing));
    const device = make(victim);
    for (const piece of all) device.receive(piece, () => {});
    const { uncut_text: _printed, lines_left: _lines, ...rest } = harmOf(device);
    const { uncut_text: _nothing, lines_left: _all, ...untouched } = harmOf(make(victim));
    expect(rest).toEqual(untouched);
  });

  it('is harmed by nothing that its driver does not say would disturb it', () => {
    const frames = heardOf(planShipped('serial').attempts);
    const commands = ['Z\r\n', 'TA 1 g\r\n', '@\r\n', 'relay on 0\r', 'Hello\n', 'W', 'T\r'].map(encodeLatin1);
    const bytes = ['1B70003C78', '1001', '100501', '1D564100', 'A00101A2', 'FF0101', 'FF09', '65', '5C01', '0A'].map(
      fromHex,
    );
    const crafted = fromHex('01050000FF008C3A');
    const piece = fc.oneof(
      fc.constantFrom(...frames, ...commands, ...bytes, crafted),
      fc.uint8Array({ minLength: 1, maxLength: 6 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { minLength: 1, maxLength: 6 }), (pieces) => {
        const disturbance = driver?.disturbedBy?.(concatBytes(...pieces)) ?? null;
        if (disturbance === null) {
          const shown = pieces.map((one) => toHex(one)).join(' | ');
          expect([shown, isHarmed(victim, pieces)]).toEqual([shown, false]);
        }
      }),
      { numRuns: 300 },
    );
  });
});

describe('what would disturb whom', () => {
  it.each([
    ['cn-scale-sics', 'Z\r\n', 'acts'],
    ['cn-scale-sics', 'I4\r\n', null],
    ['cn-printer-escpos', 'I4\r\n', 'marks'],
    ['cn-printer-escpos', '\x10\x04\x01', null],
    ['cn-printer-escpos', '\x1bp\x00\x3c\x78', 'acts'],
    ['cn-lock-relay', 'e', 'acts'],
    ['cn-lock-relay', 'I4\r\n', null],
    ['cn-modbus', '\x01\x05\x00\x00\xff\x00\x8c\x3a', 'acts'],
    ['cn-modbus', '\x01\x04\x00\x00\x00\x01\x31\xca', null],
  ])('%s: %j', (listing, text, kind) => {
    const driver = drivers.find(({ id }) => id === listing);
    expect(driver?.disturbedBy?.(encodeLatin1(text))?.kind ?? null).toBe(kind);
  });
});
