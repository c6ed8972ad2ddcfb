import type { Reading } from './wire.ts';

/** One thing that a reading says, ready to be shown. `key` is unique in its reading and names the field. */
export type Fact =
  | {
      readonly kind: 'quantity';
      readonly key: string;
      /** Exact decimal text, with the digits that the device gave. */
      readonly value: string;
      /** UCUM. */
      readonly unit: string;
      /** Null: the device does not say. */
      readonly stable: boolean | null;
    }
  | { readonly kind: 'switch'; readonly key: string; readonly number: number; readonly on: boolean }
  | { readonly kind: 'switches'; readonly key: string; readonly on: number; readonly total: number }
  /** As the device said it: a scanned code, a place. */
  | { readonly kind: 'text'; readonly key: string; readonly value: string }
  /** A state by a word of the API (`closed`), or a yes or no. */
  | { readonly kind: 'word'; readonly key: string; readonly value: string };

const isRecord = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** Fields whose words are states that people look at; other texts of a reading are not shown at a glance. */
const wordFields = new Set(['cover', 'paper', 'drawer', 'cutter', 'head', 'ribbon', 'mode', 'state', 'fix', 'source']);
/** What is said elsewhere, or means nothing at a glance. */
const hiddenFields = new Set(['at', 'tare', 'device_unit', 'problems', 'drawer_pin']);

/** Whether a tool gives what happens (a scan), each by itself, and no value that is so for a while. */
export function comesByItself(tool: string): boolean {
  return /^(scan|tag)\./.test(tool);
}

/** What a reading says, in the order in which the device gives it. `tool` names a value that has no name of its own. */
export function factsOf({ tool, value }: Pick<Reading, 'tool' | 'value'>): readonly Fact[] {
  return walk(tool.split('.')[0] ?? tool, value);
}

function walk(key: string, value: unknown): readonly Fact[] {
  if (!isRecord(value)) return [];
  const { value: amount, unit, stable } = value;
  if (typeof amount === 'string' && typeof unit === 'string') {
    return [{ kind: 'quantity', key, value: amount, unit, stable: typeof stable === 'boolean' ? stable : null }];
  }
  const { text, symbology, latitude, longitude } = value;
  if (typeof text === 'string' && symbology !== undefined) return [{ kind: 'text', key: 'code', value: visible(text) }];
  if (typeof latitude === 'string' && typeof longitude === 'string') {
    return [{ kind: 'text', key: 'position', value: `${latitude}, ${longitude}` }, ...fixOf(value)];
  }
  return Object.entries(value).flatMap(([name, inner]): readonly Fact[] => {
    if (hiddenFields.has(name)) return [];
    if (Array.isArray(inner)) return inner.flatMap(switchOf);
    if (typeof inner === 'boolean') return [{ kind: 'word', key: name, value: inner ? 'yes' : 'no' }];
    if (typeof inner === 'string') return wordFields.has(name) ? [{ kind: 'word', key: name, value: inner }] : [];
    return walk(name === 'values' ? key : name, inner);
  });
}

function fixOf({ fix }: Readonly<Record<string, unknown>>): readonly Fact[] {
  return typeof fix === 'string' ? [{ kind: 'word', key: 'fix', value: fix }] : [];
}

/** Control characters of a code as the pictures Unicode has for them: a GS1 separator is `␝`. */
function visible(text: string): string {
  return [...text].map((one) => (one < ' ' ? String.fromCharCode(0x2400 + one.charCodeAt(0)) : one)).join('');
}

function switchOf(item: unknown): readonly Fact[] {
  if (!isRecord(item)) return [];
  const { relay, input, output, on } = item;
  const number = relay ?? input ?? output;
  if (typeof on !== 'boolean' || typeof number !== 'number') return [];
  const name = relay !== undefined ? 'relay' : input !== undefined ? 'input' : 'output';
  return [{ kind: 'switch', key: `${name}/${number}`, number, on }];
}

/** Words that need no glance: all is as it should be. */
const calm = new Set(['yes', 'ok', 'closed', 'not_out', 'unknown', '2d', '3d']);

/** The same for one line of a list: switches counted, and of words only what is not as it should be. */
export function glanceOf(facts: readonly Fact[]): readonly Fact[] {
  const switches = facts.filter((fact) => fact.kind === 'switch');
  const words = facts.filter((fact) => fact.kind === 'word');
  const loud = words.filter(({ value }) => !calm.has(value));
  const ready = words.find(({ key }) => key === 'ready');
  return [
    ...facts.filter((fact) => fact.kind === 'quantity' || fact.kind === 'text'),
    ...(switches.length > 1
      ? [
          {
            kind: 'switches' as const,
            key: `${switches[0]?.key.split('/')[0] ?? 'relay'}s`,
            on: switches.filter(({ on }) => on).length,
            total: switches.length,
          },
        ]
      : switches),
    ...(loud.length > 0 ? loud : ready === undefined ? [] : [ready]),
  ];
}

/** Two readings with the same shape differ in nothing but their texts. */
export function shapeOf(facts: readonly Fact[]): string {
  return facts
    .map((fact) => `${fact.kind}:${fact.key}:${fact.kind === 'quantity' ? `${fact.unit}${fact.stable === null}` : ''}`)
    .join('|');
}
