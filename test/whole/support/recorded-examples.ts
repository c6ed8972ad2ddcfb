import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { launcher } from './ready-process.ts';

/** Lists in an example show this many items; nobody reads more. */
const itemsShown = 2;

/** Writes the table of answers. `answers` are by operation and name, in the order of the document. */
export function writeAnswers(answers: ReadonlyMap<string, unknown>): void {
  const file = join(import.meta.dirname, '..', '..', '..', 'main', 'api', 'openapi', 'answers.table.ts');
  writeFileSync(
    file,
    [
      "import type { JsonValue } from '../../../drivers/kit/index.ts';",
      '',
      '/** The recorded answer to each example, under operation and name. Made by the test of the examples, never by hand. */',
      `export const exampleAnswers: Readonly<Record<string, JsonValue>> = ${JSON.stringify(Object.fromEntries(answers), null, 2)};`,
      '',
    ].join('\n'),
  );
}

/**
 * An answer as the document shows it: ids as short as the platform's, nothing of the machine it was recorded on, no
 * secret, and short lists. The same thing has the same name everywhere.
 */
export function createRecorder(dataDir: string) {
  const names = new Map<string, string>();
  const count = new Map<string, number>();
  const shortId = (id: string, prefix: string) => {
    const known = names.get(id);
    if (known !== undefined) return known;
    const number = (count.get(prefix) ?? 0) + 1;
    count.set(prefix, number);
    const made = `${prefix}_${(0xa10000 + number).toString(16)}`;
    names.set(id, made);
    return made;
  };
  return {
    /** Says what an id is called in the document. */
    name: (id: string, shown: string) => names.set(id, shown),
    clean(answer: unknown): unknown {
      const text = JSON.stringify(shorten(answer))
        .replaceAll(dataDir, '/var/lib/fibric-edge')
        .replaceAll(launcher, '/usr/lib/fibric-edge/bin/fibric-edge.mjs')
        .replaceAll(process.execPath, '/usr/lib/fibric-edge/bin/node')
        .replaceAll(/\bfe_[\w-]{43}/g, 'fe_SHOWN-ONCE')
        .replaceAll(/(?<="ticket":")[\w-]{43}/g, 'GOOD-ONCE')
        .replaceAll(/\b([a-z]+)_[0-9a-f]{16,}\b/g, (id, prefix: string) => shortId(id, prefix))
        .replaceAll(/"pid":\d+/g, '"pid":4711')
        .replaceAll(/(?<=\b)[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b/g, '00000000-0000-4000-8000-000000000001')
        .replaceAll(/127\.0\.0\.1:\d+/g, '127.0.0.1:7431');
      return JSON.parse(text);
    },
  };
}

/** Whether two answers say the same kind of thing: then the one that was recorded stays, and its times and ids with it. */
export function isAlike(before: unknown, now: unknown): boolean {
  return JSON.stringify(shapeOf(before)) === JSON.stringify(shapeOf(now));
}

function shapeOf(value: unknown): unknown {
  if (value === null || typeof value !== 'object') return value === null ? 'null' : typeof value;
  if (Array.isArray(value)) return value.map(shapeOf);
  const fields = Object.entries(value).sort(([left], [right]) => (left < right ? -1 : 1));
  return fields.map(([name, inner]) => [name, name === 'code' || name === 'outcome' ? inner : shapeOf(inner)]);
}

function shorten(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return value;
  if ('openapi' in value && 'info' in value) return { openapi: value.openapi, info: value.info, paths: {} };
  if (!('data' in value) || !Array.isArray(value.data)) return value;
  return { ...value, data: value.data.slice(0, itemsShown) };
}
