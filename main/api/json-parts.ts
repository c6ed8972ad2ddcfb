import type { ServerResponse } from 'node:http';
import { setImmediate as nextPass } from 'node:timers/promises';

/** Items of an array that are made one text at once: some milliseconds of work for the largest there are. */
const AT_ONCE = 200;
/** So deep are arrays looked for: a list, its items, and what those list. */
const DEPTH = 4;
/** Written at once, in characters. */
const WRITTEN_AT_ONCE = 128 * 1024;

/** Whether an answer is so long that it is better written in parts. */
export function isLong(value: unknown, atOnce: number = AT_ONCE, depth: number = DEPTH): boolean {
  if (typeof value !== 'object' || value === null || depth === 0) return false;
  if (Array.isArray(value) && value.length > atOnce) return true;
  return Object.values(value).some((member) => isLong(member, atOnce, depth - 1));
}

/** The text that `JSON.stringify` gives of plain data, in parts of no more than `atOnce` items of an array. */
export function* jsonParts(value: unknown, atOnce: number = AT_ONCE): Generator<string> {
  if (typeof value !== 'object' || value === null || !isLong(value, atOnce)) {
    yield JSON.stringify(value) ?? 'null';
  } else if (Array.isArray(value)) {
    yield '[';
    for (let at = 0; at < value.length; at += atOnce) {
      if (at > 0) yield ',';
      const items: readonly unknown[] = value.slice(at, at + atOnce);
      if (!isLong(items, atOnce)) yield JSON.stringify(items).slice(1, -1);
      else
        for (const [index, item] of items.entries()) {
          if (index > 0) yield ',';
          yield* jsonParts(item, atOnce);
        }
    }
    yield ']';
  } else {
    yield '{';
    let first = true;
    for (const [name, member] of Object.entries(value)) {
      if (member === undefined) continue;
      yield `${first ? '' : ','}${JSON.stringify(name)}:`;
      yield* jsonParts(member, atOnce);
      first = false;
    }
    yield '}';
  }
}

/** Writes a long JSON answer at the pace of its reader, a part at a time, so that others get their turn. Resolves when it has left, or its reader has. */
export async function sendInParts(response: ServerResponse, status: number, body: object): Promise<void> {
  if (response.headersSent) {
    response.destroy();
    return;
  }
  response.writeHead(status, { 'Content-Type': 'application/json; charset=utf-8' });
  let text = '';
  for (const part of jsonParts(body)) {
    text += part;
    if (text.length < WRITTEN_AT_ONCE) continue;
    const hasRoom = response.write(text);
    text = '';
    if (!hasRoom) await drained(response);
    await nextPass();
    if (response.destroyed) return;
  }
  response.end(text);
}

async function drained(response: ServerResponse): Promise<void> {
  if (response.destroyed) return;
  const { promise, resolve } = Promise.withResolvers<void>();
  response.once('drain', resolve).once('close', resolve);
  await promise;
  response.off('drain', resolve).off('close', resolve);
}
