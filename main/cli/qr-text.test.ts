import { PassThrough } from 'node:stream';
import { describe, expect, it } from 'vitest';
import type { Environment } from './environment.ts';
import { qrText } from './qr-text.ts';

const rows = ['##.', '.#.', '#.#'];
const screen = (
  stdout: { isTTY?: boolean; columns?: number },
  variables: Environment['variables'] = {},
): Environment => ({
  variables,
  stdin: new PassThrough(),
  stdout: Object.assign(new PassThrough(), stdout),
  stderr: new PassThrough(),
  onInterrupt: () => () => {},
});

describe('a QR code on a terminal', () => {
  it('has two rows of squares a line and a margin, black on white whatever the terminal is', () => {
    const line = (text: string) => `\u001b[30;107m${text}\u001b[0m`;
    expect(qrText(rows, screen({ isTTY: true, columns: 80 }))?.split('\n')).toEqual([
      line('       '),
      line('  ▀█   '),
      line('  ▀ ▀  '),
      line('       '),
    ]);
  });

  it.each([
    ['where nobody looks at it', screen({ columns: 80 })],
    ['where it has no room', screen({ isTTY: true, columns: 6 })],
    ['where colours are not wanted', screen({ isTTY: true }, { NO_COLOR: '1' })],
    ['where there are none', screen({ isTTY: true }, { TERM: 'dumb' })],
  ])('is not drawn %s', (_where, environment) => expect(qrText(rows, environment)).toBeNull());

  it('is not drawn where there is none', () => expect(qrText(null, screen({ isTTY: true }))).toBeNull());
});
