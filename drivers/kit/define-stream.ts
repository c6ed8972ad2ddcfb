import type { z } from 'zod';
import type { JsonObject } from './json.ts';
import { concatBytes, toHex } from './link.ts';
import type { Decoded, Stream, StreamDecoder, StreamDefinition, StreamProgress } from './stream.ts';

/** Hex of an unreadable run that is shown. */
const SHOWN_BYTES = 16;

/** Makes a {@link Stream} whose gathering gives what `item` describes. */
export function defineStream<Frame, State, Item extends z.ZodObject>(
  definition: Omit<StreamDefinition<Frame, State, z.output<Item> & JsonObject>, 'item'> & { readonly item: Item },
): Stream {
  const { match, gather, maxFrameBytes, ...facts } = definition;
  return { ...facts, decoder: () => createDecoder({ match, gather, maxFrameBytes }) };
}

function createDecoder<Frame, State, Item extends JsonObject>({
  match,
  gather,
  maxFrameBytes,
}: Pick<StreamDefinition<Frame, State, Item>, 'match' | 'gather' | 'maxFrameBytes'>): StreamDecoder {
  let buffer: Uint8Array = new Uint8Array();
  let state = gather.start;

  /** What came before belonged to a frame that was too long; so does all up to where the matcher sees an end. */
  let overlong = false;

  /** What the matcher says, held to the rules whatever it says: it must go on, and within what it was shown. */
  const judge = (idle: boolean): StreamProgress<Frame> => {
    // Never more than one frame's worth, so that the end of one that is too long does not depend on how it was split.
    const shown = buffer.subarray(0, maxFrameBytes);
    const progress = ask(match, shown, idle);
    if (progress.kind === 'incomplete') {
      if (shown.length === maxFrameBytes) {
        overlong = true;
        return { kind: 'bad', consumed: shown.length, expected: `an end within ${maxFrameBytes} bytes` };
      }
      return idle ? { kind: 'bad', consumed: shown.length, expected: 'the rest of it' } : progress;
    }
    const { consumed } = progress;
    if (!(Number.isInteger(consumed) && consumed > 0 && consumed <= shown.length)) {
      return { kind: 'bad', consumed: shown.length, expected: 'a frame' };
    }
    if (!overlong) return progress;
    overlong = false;
    return { kind: 'bad', consumed, expected: 'the end of what was too long' };
  };

  const take = (idle: boolean, atMs: number): Decoded[] => {
    const decoded: Decoded[] = [];
    while (buffer.length > 0) {
      const progress = judge(idle);
      if (progress.kind === 'incomplete') break;
      const taken = buffer.subarray(0, progress.consumed);
      buffer = buffer.subarray(progress.consumed);
      if (progress.kind === 'bad') decoded.push(unreadable(taken, progress.expected));
      if (progress.kind === 'frame') {
        const gathered = gather.next(state, progress.frame, atMs);
        state = gathered.state;
        for (const item of gathered.items) decoded.push({ kind: 'item', item });
      }
    }
    if (idle) overlong = false;
    return decoded;
  };

  return {
    push(chunk, atMs) {
      buffer = buffer.length === 0 ? chunk : concatBytes(buffer, chunk);
      return take(false, atMs);
    },
    idle(atMs) {
      const decoded = take(true, atMs);
      const gathered = gather.rest(state, atMs);
      state = gathered.state;
      for (const item of gathered.items) decoded.push({ kind: 'item', item });
      return decoded;
    },
    pending: () => buffer.length,
  };
}

function ask<Frame>(
  match: StreamDefinition<Frame, unknown, unknown>['match'],
  buffer: Uint8Array,
  idle: boolean,
): StreamProgress<Frame> {
  try {
    return match(buffer, idle);
  } catch {
    // Whatever comes over the wire must not stop the reader: these bytes are lost, and told to be.
    return { kind: 'bad', consumed: buffer.length, expected: 'something readable' };
  }
}

function unreadable(bytes: Uint8Array, expected: string): Decoded {
  return { kind: 'unreadable', bytes: bytes.length, expected, seen: toHex(bytes, SHOWN_BYTES) };
}
