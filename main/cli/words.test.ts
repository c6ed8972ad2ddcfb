import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { PolicyObject } from '../api/schemas/index.ts';
import { parseDurationMs } from './duration.ts';
import { splitPairs, typedValues } from './key-values.ts';
import { changePolicy } from './policy-settings.ts';
import { formatTable } from './table.ts';

describe('key=value', () => {
  it('splits at the first equals sign', () => {
    const key = fc.stringMatching(/^[a-z][a-z0-9_.]{0,10}$/);
    fc.assert(
      fc.property(fc.dictionary(key, fc.string()), (values) => {
        const words = Object.entries(values).map(([name, value]) => `${name}=${value}`);
        expect(Object.fromEntries(splitPairs(words))).toEqual({ ...values });
      }),
    );
  });

  it('keeps text text: only what the schema calls a number becomes one', () => {
    const schema = {
      properties: {
        text: { type: 'string' },
        count: { type: 'integer' },
        either: { anyOf: [{ type: 'number' }, { type: 'null' }] },
        flag: { type: ['boolean', 'null'] },
        list: { type: 'array' },
        speed: { enum: [9600, 19200] },
      },
    };
    const words = ['text=007', 'count=7', 'either=-1.5', 'flag=false', 'list=[1]', 'speed=9600', 'other=7'];
    expect(typedValues(splitPairs(words), schema)).toEqual({
      text: '007',
      count: 7,
      either: -1.5,
      flag: false,
      list: [1],
      speed: 9600,
      other: '7',
    });
    // Left for the agent to say what it expects.
    expect(typedValues(splitPairs(['count=many']), schema)).toEqual({ count: 'many' });
  });
});

describe('a policy setting', () => {
  const empty: PolicyObject = { default: 'deny', tools: {} };

  it.each([
    ['policy.default', 'allow', { default: 'allow', tools: {} }],
    ['policy.relay.set', 'confirm', { default: 'deny', tools: { 'relay.set': { decision: 'confirm' } } }],
    ['policy.relay.set.min_interval_ms', '500', { default: 'deny', tools: { 'relay.set': { min_interval_ms: 500 } } }],
    [
      'policy.relay.set.rate',
      '5/60000',
      { default: 'deny', tools: { 'relay.set': { rate: { count: 5, per_ms: 60_000 } } } },
    ],
    [
      'policy.a.b.bounds.x',
      '1..4',
      { default: 'deny', tools: { 'a.b': { bounds: { x: { min_value: 1, max_value: 4 } } } } },
    ],
    ['policy.a.b.bounds.x', '-0.5..', { default: 'deny', tools: { 'a.b': { bounds: { x: { min_value: -0.5 } } } } }],
    ['policy.a.b.bounds.x', '..4', { default: 'deny', tools: { 'a.b': { bounds: { x: { max_value: 4 } } } } }],
  ])('%s=%s', (key, value, expected) => {
    expect(changePolicy(empty, key, value)).toEqual(expected);
  });

  it.each([
    ['policy.relay', 'allow'],
    ['policy.relay.set.colour', 'red'],
    ['policy.default', 'yes'],
    ['policy.default', ''],
    ['policy.relay.set.rate', '5'],
    ['policy.relay.set.min_interval_ms', '-1'],
    ['policy.relay.set.bounds.x', '..'],
    ['policy.relay.set.bounds.x', '4'],
  ])('%s=%s is not one', (key, value) => {
    expect(() => changePolicy(empty, key, value)).toThrow(/can't be set so/);
  });

  it('is taken away again by an empty value, and leaves the others', () => {
    const settings = [
      ['policy.relay.set', 'allow'],
      ['policy.relay.set.min_interval_ms', '500'],
      ['policy.relay.set.rate', '5/60000'],
      ['policy.relay.set.bounds.x', '1..4'],
    ] as const;
    fc.assert(
      fc.property(fc.shuffledSubarray([...settings]), fc.shuffledSubarray([...settings]), (given, taken) => {
        const full = given.reduce((policy, [key, value]) => changePolicy(policy, key, value), empty);
        const rest = taken.reduce((policy, [key]) => changePolicy(policy, key, ''), full);
        const left = given.filter((setting) => !taken.includes(setting));
        expect(rest).toEqual(left.reduce((policy, [key, value]) => changePolicy(policy, key, value), empty));
      }),
    );
  });
});

describe('a duration', () => {
  it('is a number with a unit', () => {
    expect(parseDurationMs('--x', '90d')).toBe(7_776_000_000);
    expect(parseDurationMs('--x', '45s')).toBe(45_000);
    for (const text of ['', '90', '0d', '1.5h', '-1s', '1w', '1 d'])
      expect(() => parseDurationMs('--x', text)).toThrow();
  });
});

describe('a table', () => {
  it('is aligned, has no trailing space, and shows no control character', () => {
    const columns = [
      { heading: 'a', value: (row: { a: string | null }) => row.a },
      { heading: 'b', value: () => null },
    ];
    fc.assert(
      fc.property(fc.array(fc.record({ a: fc.option(fc.string({ unit: 'binary' })) }), { minLength: 1 }), (rows) => {
        const lines = formatTable(rows, columns, 'none').split('\n');
        expect(lines).toHaveLength(rows.length + 1);
        expect(new Set(lines.map((line) => [...line].length)).size).toBe(1);
      }),
    );
    expect(formatTable([], columns, 'none')).toBe('none');
  });
});
