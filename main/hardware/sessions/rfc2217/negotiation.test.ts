import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createNegotiation, type Request } from './negotiation.ts';

const ours = () => createNegotiation({ us: [44, 0], them: [0] });

describe('an agreement on options', () => {
  it('is asked for at once, and its answers are not answered', () => {
    const negotiation = ours();
    expect(negotiation.start()).toEqual([
      { verb: 'will', option: 44 },
      { verb: 'will', option: 0 },
      { verb: 'do', option: 0 },
    ]);
    expect(negotiation.state('us', 44)).toBe('asked');
    expect(negotiation.receive('do', 44)).toBeNull();
    expect(negotiation.receive('will', 0)).toBeNull();
    expect(negotiation.receive('dont', 0)).toBeNull();
    expect(negotiation.state('us', 44)).toBe('on');
    expect(negotiation.state('them', 0)).toBe('on');
    expect(negotiation.state('us', 0)).toBe('refused');
  });

  it('is refused for everything else, and what is off anyway is not spoken of', () => {
    const negotiation = ours();
    expect(negotiation.receive('will', 1)).toEqual({ verb: 'dont', option: 1 });
    expect(negotiation.receive('do', 24)).toEqual({ verb: 'wont', option: 24 });
    expect(negotiation.receive('wont', 1)).toBeNull();
    expect(negotiation.receive('dont', 24)).toBeNull();
  });

  it('follows the other side when it changes its mind', () => {
    const negotiation = ours();
    negotiation.receive('do', 44);
    expect(negotiation.receive('dont', 44)).toEqual({ verb: 'wont', option: 44 });
    expect(negotiation.state('us', 44)).toBe('refused');
    expect(negotiation.receive('do', 44)).toEqual({ verb: 'will', option: 44 });
  });

  it('comes to an end between two sides that want different things, and both agree on what is on', () => {
    const option = fc.uniqueArray(fc.integer({ min: 0, max: 5 }));
    fc.assert(
      fc.property(option, option, option, option, (usA, themA, usB, themB) => {
        const [a, b] = [createNegotiation({ us: usA, them: themA }), createNegotiation({ us: usB, them: themB })];
        let toB: Request[] = [...a.start()];
        let toA: Request[] = [...b.start()];
        let said = 0;
        while (toA.length + toB.length > 0) {
          said += toA.length + toB.length;
          expect(said).toBeLessThan(100);
          const answersOfB = toB.flatMap(({ verb, option: about }) => b.receive(verb, about) ?? []);
          const answersOfA = toA.flatMap(({ verb, option: about }) => a.receive(verb, about) ?? []);
          [toA, toB] = [answersOfB, answersOfA];
        }
        for (const about of [0, 1, 2, 3, 4, 5]) {
          const both = usA.includes(about) && themB.includes(about);
          expect(a.state('us', about) === 'on').toBe(both);
          expect(b.state('them', about) === 'on').toBe(both);
        }
      }),
    );
  });
});
