import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { argumentFields, argumentsOf } from './argument-fields.ts';

const relay = {
  type: 'object',
  properties: {
    label: { type: 'string', maxLength: 5 },
    relay: { type: 'integer', minimum: 1, maximum: 8, description: 'Relay number' },
    on: { type: 'boolean' },
    mode: { type: 'string', enum: ['a', 'b'], default: 'b' },
    content: { type: 'array', items: {} },
    idempotency_key: { type: 'string' },
    dry_run: { type: 'boolean' },
  },
  required: ['relay', 'on', 'content'],
};

describe("a tool's arguments as a form", () => {
  it('has what must be given first, and nothing that the page gives itself', () => {
    expect(argumentFields(relay, null).map(({ key, required }) => [key, required])).toEqual([
      ['relay', true],
      ['on', true],
      ['content', true],
      ['label', false],
      ['mode', false],
    ]);
  });

  it('begins with defaults, else with arguments that are known to make sense', () => {
    const initial = Object.fromEntries(
      argumentFields(relay, { relay: 2, mode: 'a', content: [1] }).map((field) => [field.key, field.initial]),
    );
    expect(initial).toEqual({ relay: '2', on: '', mode: 'b', content: '[\n  1\n]', label: '' });
  });

  it('gives back the values that were written, of their own kind', () => {
    const fields = argumentFields(relay, null);
    const content = fc.array(fc.jsonValue(), { maxLength: 3 });
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 8 }), fc.boolean(), content, (number, on, list) => {
        const given = { relay: String(number), on: String(on), content: JSON.stringify(list) };
        expect(argumentsOf(fields, given)).toEqual({
          ok: true,
          arguments: { relay: number, on, content: JSON.parse(JSON.stringify(list)), mode: 'b' },
        });
      }),
    );
  });

  it.each([
    ['relay', '9'],
    ['relay', '1.5'],
    ['relay', ''],
    ['relay', 'two'],
    ['on', ''],
    ['content', '[1'],
    ['content', ' '],
  ])('does not send %s as "%s"', (key, text) => {
    const given = { relay: '1', on: 'true', content: '[]', [key]: text };
    expect(argumentsOf(argumentFields(relay, null), given)).toEqual({ ok: false, wrong: [key] });
  });

  it('leaves out an optional argument that is empty', () => {
    const fields = argumentFields({ properties: { note: { type: 'string' }, count: { type: 'number' } } }, null);
    expect(argumentsOf(fields, {})).toEqual({ ok: true, arguments: {} });
  });
});
