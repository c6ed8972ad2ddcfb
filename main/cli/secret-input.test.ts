import { PassThrough } from 'node:stream';
import { describe, expect, test } from 'vitest';
import { readSecret } from './secret-input.ts';

function terminal() {
  const raw: boolean[] = [];
  const stdin = Object.assign(new PassThrough(), {
    isTTY: true,
    setRawMode: (on: boolean) => void raw.push(on),
  });
  const shown: string[] = [];
  const stderr = new PassThrough().on('data', (chunk) => void shown.push(String(chunk)));
  const environment = { variables: {}, stdin, stdout: new PassThrough(), stderr, onInterrupt: () => () => {} };
  const ask = (signal = new AbortController().signal) =>
    readSecret(environment, 'Key:', { piped: false, pipeFlag: '--key-stdin', signal });
  return { stdin, raw, shown, ask };
}

describe('a secret that is typed', () => {
  test('is not shown, and may be corrected', async () => {
    const { stdin, raw, shown, ask } = terminal();
    const asked = ask();
    stdin.write('mg_lx\u007five_');
    stdin.write('9f\r');
    expect(await asked).toBe('mg_live_9f');
    expect(shown.join('')).toBe('Key: \n');
    expect(raw).toEqual([true, false]);
  });

  test.each(['\u0003', '\u0004'])('is given up with %j, and the terminal is as before', async (key) => {
    const { stdin, raw, ask } = terminal();
    const asked = ask();
    stdin.write(`abc${key}`);
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
    expect(raw).toEqual([true, false]);
  });

  test('is not waited for when the command is called off', async () => {
    const { ask } = terminal();
    const controller = new AbortController();
    const asked = ask(controller.signal);
    controller.abort();
    await expect(asked).rejects.toMatchObject({ code: 'cancelled' });
  });

  test('must not be empty', async () => {
    const { stdin, ask } = terminal();
    const asked = ask();
    stdin.write('\r');
    await expect(asked).rejects.toMatchObject({ code: 'invalid_parameter' });
  });
});

describe('a secret from standard input', () => {
  const read = (text: string, piped = true) => {
    const stdin = new PassThrough();
    stdin.end(text);
    const environment = {
      variables: {},
      stdin,
      stdout: new PassThrough(),
      stderr: new PassThrough(),
      onInterrupt: () => () => {},
    };
    const { signal } = new AbortController();
    return readSecret(environment, 'Key:', { piped, pipeFlag: '--key-stdin', signal });
  };

  test.each([
    ['abc', 'abc'],
    ['abc\n', 'abc'],
    ['abc\r\n', 'abc'],
    [' a\nb \n', ' a\nb '],
  ])('%j is %j: only the last line end is taken off', async (text, secret) => {
    expect(await read(text)).toBe(secret);
  });

  test('is not taken without being told so, when there is nobody to ask', async () => {
    await expect(read('abc', false)).rejects.toMatchObject({
      code: 'invalid_parameter',
      hint: expect.stringContaining('--key-stdin'),
    });
  });

  test.each(['', '\n', 'x'.repeat(10_000)])('is refused when it is empty or a whole file', async (text) => {
    await expect(read(text)).rejects.toMatchObject({ code: 'invalid_parameter' });
  });
});
