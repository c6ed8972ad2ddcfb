import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import { matchesName } from './enrolments.ts';
import { makeUserCode, normaliseUserCode } from './user-code.ts';
import { createWrongTries } from './wrong-tries.ts';

describe('a user code', () => {
  it('is eight of twenty letters, and read however it is typed', () => {
    for (let index = 0; index < 200; index += 1) {
      const code = makeUserCode();
      expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      const letters = code.replace('-', '');
      for (const typed of [code, letters, code.toLowerCase(), ` ${letters.slice(0, 3)} ${letters.slice(3)} `]) {
        expect(normaliseUserCode(typed)).toBe(code);
      }
    }
  });
});

describe('wrong codes', () => {
  it('are five, then whoever typed them waits, and nobody else', () => {
    let now = 1_000_000;
    const tries = createWrongTries({ now: () => now, after: () => () => {} });
    for (let index = 0; index < 5; index += 1) {
      tries.check('key_1');
      tries.note('key_1');
    }
    expect(() => tries.check('key_1')).toThrow(AgentError);
    expect(() => tries.check('key_2')).not.toThrow();
    now += 10 * 60_000;
    expect(() => tries.check('key_1')).not.toThrow();
  });
});

describe('the names of an enrolment', () => {
  it('fit a pattern where the star stands for any text and nothing else is special', () => {
    expect(matchesName('packing-*', 'packing-7')).toBe(true);
    expect(matchesName('packing-*', 'office-packing-7')).toBe(false);
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, other) => {
        const plain = name.replaceAll('*', '');
        expect(matchesName(plain, plain)).toBe(true);
        expect(matchesName(plain, other)).toBe(plain === other);
        expect(matchesName(`${plain}*`, plain + other)).toBe(true);
      }),
    );
  });
});
