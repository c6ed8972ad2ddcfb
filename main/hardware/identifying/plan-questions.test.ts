import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { drivers } from '../../../drivers/index.ts';
import { type Disturbance, type Driver, type FirstWay, toHex } from '../../../drivers/kit/index.ts';
import { scaleSics } from '../../../drivers/scale-sics/index.ts';
import { planShipped } from '../testing/planned-questions.ts';
import { planQuestions, type QuestionPlan } from './plan-questions.ts';

const way: FirstWay = { line: null, options: {}, unit: null };
const unknown = { listing: null, candidates: [] };

/** A family that asks with one byte of its own, and minds the bytes of others as told. */
interface Sketch {
  readonly ways: number;
  readonly marks: readonly number[];
  readonly acts: readonly number[];
}

function familyOf(sketch: Sketch, index: number): Driver {
  const minds = (bytes: Uint8Array, these: readonly number[]) => bytes.some((byte) => these.includes(byte - 0x80));
  return {
    ...scaleSics,
    id: `cn-family-${index}`,
    title: `family ${index}`,
    links: { tcp: {} },
    firstQuestions: {
      ways: () => Array.from({ length: sketch.ways }, () => way),
      frames: () => [Uint8Array.of(0x80 + index)],
      ask: () => Promise.reject(new Error('only planned')),
    },
    disturbedBy(bytes): Disturbance | null {
      const others = bytes.filter((byte) => byte !== 0x80 + index);
      if (minds(others, sketch.acts)) return { kind: 'acts', what: 'act' };
      return minds(others, sketch.marks) ? { kind: 'marks', what: 'print it' } : null;
    },
  };
}

function plan(families: readonly Driver[], recognition: Parameters<typeof planQuestions>[0]['recognition'] = unknown) {
  return planQuestions({
    drivers: families,
    place: { link: 'tcp', units: [] },
    unit: null,
    recognition,
    framesOf: (driver) => driver.firstQuestions?.frames({} as never) ?? [],
  });
}

const order = ({ attempts }: QuestionPlan) => attempts.map(({ driver }) => driver.id);

const sketches = fc.array(
  fc.record({
    ways: fc.integer({ min: 0, max: 2 }),
    marks: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 2 }),
    acts: fc.array(fc.integer({ min: 0, max: 5 }), { maxLength: 1 }),
  }),
  { minLength: 1, maxLength: 6 },
);

describe('the order of questions', () => {
  it('never lets a device get what another makes it act on, nor what it would print before it was asked', () => {
    fc.assert(
      fc.property(sketches, (given) => {
        const families = given.map(familyOf);
        const { attempts, leftOut } = plan(families);
        attempts.forEach(({ driver, frames }, place) => {
          for (const other of families.filter((one) => one !== driver)) {
            const disturbance = frames.map((frame) => other.disturbedBy?.(frame) ?? null).find((one) => one !== null);
            expect(disturbance?.kind).not.toBe('acts');
            if (disturbance?.kind !== 'marks') continue;
            const asked = attempts.flatMap((one, index) => (one.driver === other ? [index] : []));
            expect(asked.length).toBe(other.firstQuestions?.ways({ link: 'tcp', units: [] }).length);
            expect(asked.length).toBeGreaterThan(0);
            expect(Math.max(...asked)).toBeLessThan(place);
          }
        });
        // Nobody is forgotten without a word.
        const named = new Set([...order({ attempts, leftOut }), ...leftOut.map(({ listing }) => listing)]);
        expect(named.size).toBe(families.length);
      }),
      { numRuns: 500 },
    );
  });

  it('puts candidates first where that harms nobody', () => {
    const families = [0, 1, 2].map((index) => familyOf({ ways: 1, marks: [], acts: [] }, index));
    const candidates = [{ listing: 'cn-family-2', score: 30, reason: '' }];
    expect(order(plan(families, { listing: null, candidates }))).toEqual(['cn-family-2', 'cn-family-0', 'cn-family-1']);
    const shy = familyOf({ ways: 1, marks: [2], acts: [] }, 0);
    expect(order(plan([shy, ...families.slice(1)], { listing: null, candidates }))[0]).not.toBe('cn-family-2');
  });

  it('asks a product that the descriptor names first, and leaves out what would disturb it', () => {
    const named = familyOf({ ways: 1, marks: [1], acts: [] }, 0);
    const loud = familyOf({ ways: 1, marks: [0], acts: [] }, 1);
    const planned = plan([loud, named], { listing: 'cn-family-0', candidates: [] });
    expect(order(planned)).toEqual(['cn-family-0']);
    expect(planned.leftOut).toMatchObject([{ listing: 'cn-family-1', reason: expect.stringContaining('family 0') }]);
  });

  it('of the shipped families asks printers before anything that they would print, and no relay board', () => {
    const { attempts, leftOut } = planShipped('serial');
    const listings = attempts.map(({ driver }) => driver.id);
    expect(listings.lastIndexOf('cn-printer-escpos')).toBeLessThan(listings.indexOf('cn-scale-sics'));
    expect(listings.lastIndexOf('cn-printer-escpos')).toBeLessThan(listings.indexOf('cn-modbus'));
    expect(listings).not.toContain('cn-lock-relay');
    expect(leftOut.map(({ listing }) => listing)).toContain('cn-lock-relay');
    expect(attempts.find(({ driver }) => driver.id === 'cn-scale-sics')?.risks).toContain(
      'Receipt printer (ESC/POS) would print "I4\\r\\n"',
    );
  });

  it('asks no unit whose frames a relay board would take for a command', () => {
    // 100 is 64, "all relays on" for a Devantech board.
    const { attempts, leftOut } = planShipped('serial', { units: [5, 100] });
    const units = attempts.flatMap(({ driver, way: { unit } }) => (driver.id === 'cn-modbus' ? [unit] : []));
    expect(units).toContain(5);
    expect(units).not.toContain(100);
    expect(leftOut).toContainEqual({ listing: 'cn-modbus', reason: expect.stringContaining('switch a relay (64)') });
  });

  it('asks a unit on a bus as nothing else', () => {
    const { attempts } = planShipped('serial', { units: [5], unit: 5 });
    expect(new Set(attempts.map(({ driver }) => driver.id))).toEqual(new Set(['cn-modbus']));
  });

  it('sends only what each driver holds to be harmless', () => {
    for (const { driver, frames } of planShipped('serial').attempts) {
      for (const frame of frames) expect([driver.id, toHex(frame), driver.isHarmless(frame)]).toContain(true);
    }
    expect(drivers.length).toBeGreaterThan(3);
  });
});
