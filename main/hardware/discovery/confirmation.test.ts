import { describe, expect, it } from 'vitest';
import {
  afterArrival,
  afterConfirmation,
  afterIdentification,
  isContradicted,
  isProven,
  unasked,
} from './confirmation.ts';

const replug = (base: 'serial' | 'port' | 'path' | 'ambiguous') => ({ isReplug: true, base });
const restart = (base: 'serial' | 'port' | 'path' | 'ambiguous') => ({ isReplug: false, base });

describe("when a person's word is needed", () => {
  it.each([
    ['serial', false],
    ['port', true],
    ['path', true],
    ['ambiguous', true],
  ] as const)('after a replug of a device known by %s: %s', (base, needed) => {
    expect(afterArrival(unasked, replug(base)).needed).toBe(needed);
  });

  it('not after a restart, which takes an open question over as it was', () => {
    expect(afterArrival(unasked, restart('port')).needed).toBe(false);
    expect(afterArrival(afterArrival(unasked, replug('port')), restart('port')).needed).toBe(true);
  });

  it('always when it can not be known which unit it is', () => {
    expect(afterArrival(unasked, restart('ambiguous')).needed).toBe(true);
  });

  it("is settled by a person, and by the unit's own known serial number", () => {
    const known = afterIdentification(unasked, 'B123456');
    const back = afterArrival(known, replug('port'));
    expect(isProven(known)).toBe(true);
    expect([back.needed, isProven(back)]).toEqual([true, false]);
    expect(afterConfirmation(back).needed).toBe(false);
    const asked = afterIdentification(back, 'B123456');
    expect([asked.needed, isProven(asked)]).toEqual([false, true]);
  });

  it("when another unit's serial number is reported, behind whatever cable, until a person takes it as the new one", () => {
    const other = afterIdentification(
      afterArrival(afterIdentification(unasked, 'B123456'), replug('serial')),
      'B999999',
    );
    expect([other.needed, isContradicted(other), isProven(other)]).toEqual([true, true, false]);
    expect(afterArrival(other, replug('serial')).needed).toBe(true);
    const taken = afterConfirmation(other);
    expect([taken.needed, taken.knownSerial, isProven(taken)]).toEqual([false, 'B999999', true]);
  });

  it('still when a serial number is heard for the first time after a replug: it proves nothing yet', () => {
    const asked = afterIdentification(afterArrival(unasked, replug('port')), 'B123456');
    expect([asked.needed, isProven(asked)]).toEqual([true, false]);
    expect(isProven(afterConfirmation(asked))).toBe(true);
  });

  it('is not settled by a dummy serial number', () => {
    expect(isProven(afterIdentification(unasked, '00000000'))).toBe(false);
  });
});
