import { describe, expect, it } from 'vitest';
import { baseConfidence, type KnownPort, matchPorts, type PortEvidence } from './identity.ts';
import { isDummySerial } from './serial-numbers.ts';

const blank: PortEvidence = {
  path: '/dev/ttyUSB0',
  vendorId: '0403',
  productId: '6001',
  serial: null,
  interface: '00',
  topology: null,
  declared: false,
};
let minted = 0;
const mint = () => `dev_${minted++}`;
const port = (evidence: Partial<PortEvidence>, continues: string | null = null) => ({
  evidence: { ...blank, ...evidence },
  continues,
});

/** One look, from nothing or from what an earlier look knew. */
function look(known: readonly KnownPort[], ...present: ReturnType<typeof port>[]) {
  const { assignments, absent } = matchPorts(known, present, mint);
  return {
    known: [...assignments.map((each) => each.known), ...absent],
    ids: assignments.map((each) => each.known.id),
    confidence: assignments.map((each) => baseConfidence(each.known)),
  };
}

describe('knowing devices again', () => {
  it('follows a serial number from socket to socket', () => {
    const one = look([], port({ serial: 'A51MAMME', topology: 'usb-0:1:1.0' }));
    const two = look(one.known, port({ serial: 'A51MAMME', topology: 'usb-0:2:1.0', path: '/dev/ttyUSB3' }));
    expect(two).toMatchObject({ ids: one.ids, confidence: ['serial'] });
  });

  it('takes the functions of one unit for interfaces, not for twins', () => {
    const unit = { serial: 'A51MAMME' };
    const { confidence, ids } = look(
      [],
      port({ ...unit, interface: '00', topology: 'usb-0:1:1.0' }),
      port({ ...unit, interface: '01', topology: 'usb-0:1:1.1', path: '/dev/ttyUSB1' }),
    );
    expect(confidence).toEqual(['serial', 'serial']);
    expect(ids[0]).not.toBe(ids[1]);
  });

  it('never again trusts a serial number that two units wore at once', () => {
    const here = port({ serial: 'TWIN77', topology: 'usb-0:1:1.0' });
    const there = port({ serial: 'TWIN77', topology: 'usb-0:2:1.0', path: '/dev/ttyUSB1' });
    const both = look([], here, there);
    expect(both.confidence).toEqual(['port', 'port']);
    const moved = look(both.known, port({ serial: 'TWIN77', topology: 'usb-0:3:1.0' }));
    expect(moved.confidence).toEqual(['port']);
    expect(both.ids).not.toContain(moved.ids[0]);
    expect(look(moved.known, there).ids).toEqual([both.ids[1]]);
  });

  it('keeps the device that stayed in place when its twin arrives, and leaves it open when both arrive anew', () => {
    const here = { serial: 'TWIN77', topology: 'usb-0:1:1.0' };
    const there = port({ serial: 'TWIN77', topology: 'usb-0:2:1.0', path: '/dev/ttyUSB1' });
    const alone = look([], port(here));
    const id = alone.ids[0] ?? null;
    expect(look(alone.known, port(here, id), there)).toMatchObject({ confidence: ['port', 'port'] });
    const after = look(alone.known, port(here), there);
    expect(after.ids[0]).toBe(id);
    expect(after.confidence).toEqual(['ambiguous', 'port']);
  });

  it('knows units without a serial number by their socket, whatever name they get', () => {
    const before = look([], port({ topology: 'usb-0:1:1.0' }), port({ topology: 'usb-0:2:1.0', path: '/dev/ttyUSB1' }));
    const swapped = look(
      before.known,
      port({ topology: 'usb-0:2:1.0' }),
      port({ topology: 'usb-0:1:1.0', path: '/dev/ttyUSB1' }),
    );
    expect(swapped.ids).toEqual([...before.ids].reverse());
    expect(swapped.confidence).toEqual(['port', 'port']);
  });

  it('takes another product in the same socket for another device', () => {
    const before = look([], port({ topology: 'usb-0:1:1.0' }));
    expect(look(before.known, port({ topology: 'usb-0:1:1.0', productId: '7523' })).ids).not.toEqual(before.ids);
    expect(look(before.known, port({ topology: 'usb-0:1:1.0', serial: 'A51MAMME' })).ids).not.toEqual(before.ids);
  });

  it('does not guess between like units that have only the number of their arrival', () => {
    const before = look([], port({}), port({ path: '/dev/ttyUSB1' }));
    expect(before.confidence).toEqual(['ambiguous', 'ambiguous']);
    expect(look(before.known, port({})).confidence).toEqual(['ambiguous']);
  });

  it('lets a declared serial number count as one, and a configured path stand by itself', () => {
    const wire = { declared: true, vendorId: null, productId: null, interface: null, path: '/run/scale' };
    expect(look([], port({ ...wire, serial: 'DEMO-SCALE-1' })).confidence).toEqual(['serial']);
    const plain = look([], port(wire));
    expect(plain.confidence).toEqual(['path']);
    expect(look(plain.known, port({ ...wire, vendorId: '0403' })).ids).toEqual(plain.ids);
  });

  it('falls back to the paths of two ports of one unit that nothing else tells apart', () => {
    const half = { serial: 'A51MAMME', interface: null, topology: 'usb-14100000' };
    const first = look([], port({ ...half, path: '/dev/cu.usbmodem1' }));
    const both = look(
      first.known,
      port({ ...half, path: '/dev/cu.usbmodem1' }, first.ids[0]),
      port({ ...half, path: '/dev/cu.usbmodem3' }),
    );
    expect(both).toMatchObject({ confidence: ['path', 'path'], ids: [first.ids[0], expect.anything()] });
    expect(look(both.known, port({ ...half, path: '/dev/cu.usbmodem3' })).ids).toEqual([both.ids[1]]);
  });
});

it.each([
  '0000',
  '0001',
  '00000000',
  '00000000001A',
  '0x8000000',
  'FFFFFFFF',
  '12345678',
  '123456789',
  '0123456789ABCDEF',
  'AAAAAA',
  'none',
  'N/A',
  '2022123456',
  '004-0D9F-000',
  '01',
])('takes %s for a dummy serial number', (serial) => expect(isDummySerial(serial)).toBe(true));
it.each([
  'A51MAMME',
  '00012345678',
  '13059120',
  '586D028735',
  '00BCAC79',
  'DEMO-SCALE-1',
  '752303138333518011C1',
  'E66164084319392A',
  '3664356E3233',
  'FTBQYYVN',
])('takes %s for a real serial number', (serial) => expect(isDummySerial(serial)).toBe(false));
