import { expect, it } from 'vitest';
import { proposedName } from './proposed-name.ts';

it('proposes a name that is free', () => {
  const named = (...names: readonly string[]) => names.map((name) => ({ name }));
  expect(proposedName({ category: 'scale' }, named('front-scale'))).toBe('scale');
  expect(proposedName({ category: 'scale' }, named('scale', 'scale-3'))).toBe('scale-2');
  expect(proposedName({ category: 'scale' }, named('scale', 'scale-2', 'scale-3'))).toBe('scale-4');
});
