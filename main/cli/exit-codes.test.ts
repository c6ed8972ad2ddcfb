import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { exitCodeOf, exitCodes } from './exit-codes.ts';

describe('the exit codes', () => {
  it('are those of the documentation, in both directions', () => {
    const page = readFileSync(new URL('../../docs/exit-codes.md', import.meta.url), 'utf8');
    const documented = [...page.matchAll(/^\| (\d+) \| `(\w+)` \|/gm)].map(([, code, name]) => [name, Number(code)]);
    expect(Object.fromEntries(documented)).toEqual(exitCodes);
  });

  it('tell a refusal, a mistake and a failure apart', () => {
    expect(exitCodeOf('refused')).toBe(3);
    expect(exitCodeOf('invalid_parameter')).toBe(2);
    expect(exitCodeOf('no_reply')).toBe(1);
  });
});
