import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import { defineDriver } from './define-driver.ts';
import type { Driver } from './driver.ts';
import type { DriverContext } from './driver-context.ts';
import { noDevice } from './driver-context.ts';
import type { SerialSettings } from './serial-settings.ts';
import { defineReadTool, parseArguments } from './tools.ts';

const settings: SerialSettings = {
  baud_rate: 9600,
  data_bits: 8,
  parity: 'none',
  stop_bits: 1,
  flow_control: 'none',
};
const context: DriverContext = { ...noDevice, settings };

const tool = (capability: string, input: z.ZodObject) =>
  defineReadTool({
    capability,
    title: 'Read',
    description: 'Reads.',
    input,
    output: z.strictObject({}),
    testArguments: {},
    read: async () => ({}),
  });

const driver: Driver = {
  id: 'cn-thing-one',
  version: '1.0.0',
  title: 'Thing',
  summary: 'A thing.',
  category: 'thing',
  models: [],
  manuals: [],
  links: { serial: { defaults: settings } },
  bus: null,
  options: z.strictObject({}),
  fingerprints: [],
  capabilities: ['thing.read', 'thing.tell'],
  isHarmless: () => false,
  tools: () => [tool('thing.read', z.strictObject({}))],
  resynchronise: () => ({ type: 'quiet', quietMs: 10 }),
  identify: async () => ({ manufacturer: null, model: null, protocolSerial: null, details: {} }),
  healthCheck: async () => {},
};

describe('defineDriver', () => {
  it('takes a sound driver as it is', () => {
    expect(
      defineDriver(driver)
        .tools(context)
        .map(({ capability }) => capability),
    ).toEqual(['thing.read']);
  });

  it.each<[string, Partial<Driver>, RegExp]>([
    ['devices that hang on nothing', { links: {} }, /hang on nothing/],
    ['an id in another form', { id: 'cn-Thing' }, /id must be/],
    ['a capability that is no noun.verb', { capabilities: ['read'] }, /not noun\.verb/],
    ['unsorted capabilities', { capabilities: ['thing.tell', 'thing.read'] }, /sorted/],
    [
      'a fingerprint that matches everything',
      { fingerprints: [{ label: 'x', sample: 'x', strength: 'candidate' }] },
      /everything/,
    ],
    [
      'a fingerprint by product id alone',
      { fingerprints: [{ label: 'x', sample: 'x', productId: '0001', strength: 'candidate' }] },
      /everything/,
    ],
  ])('refuses %s', (_what, change, message) => {
    expect(() => defineDriver({ ...driver, ...change })).toThrow(message);
  });

  it('refuses a tool that is not among the capabilities', () => {
    const defined = defineDriver({ ...driver, tools: () => [tool('thing.write', z.strictObject({}))] });
    expect(() => defined.tools(context)).toThrow(/not among its capabilities/);
  });

  it.each(['idempotency_key', 'entity_key', 'dry_run'])('refuses a tool that defines the reserved %s', (name) => {
    const defined = defineDriver({
      ...driver,
      tools: () => [tool('thing.read', z.strictObject({ [name]: z.string() }))],
    });
    expect(() => defined.tools(context)).toThrow(`reserved argument ${name}`);
  });
});

describe('parseArguments', () => {
  const schema = z.strictObject({ mode: z.enum(['a', 'b']).default('a') });

  it('fills in defaults', () => {
    expect(parseArguments(schema, {}, 'thing.read')).toEqual({ mode: 'a' });
  });

  it('names the wrong field, the tool and what it expects', () => {
    expect(() => parseArguments(schema, { mode: 'c', more: 1 }, 'thing.read')).toThrow(
      expect.objectContaining({
        code: 'invalid_arguments',
        message: expect.stringMatching(/thing\.read.*mode.*more/),
        hint: expect.stringContaining('Expected: mode'),
      }),
    );
  });
});
