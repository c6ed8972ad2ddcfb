import fc from 'fast-check';
import type { JsonObject } from '../json.ts';
import { concatBytes } from '../link.ts';
import type { Decoded, Stream } from '../stream.ts';

/** What came of some bytes: the items, and for each run of lost bytes between them how many. */
export type Heard = readonly (JsonObject | number)[];

/** What a stream makes of these chunks, arriving one millisecond apart; with `end` the line is silent afterwards. */
export function hear(stream: Stream, chunks: readonly Uint8Array[], end: 'silence' | 'open' = 'silence'): Heard {
  const decoder = stream.decoder();
  const decoded = chunks.flatMap((chunk, index) => decoder.push(chunk, index));
  if (end === 'silence') decoded.push(...decoder.idle(chunks.length + stream.idleMs));
  return gather(decoded);
}

function gather(decoded: readonly Decoded[]): Heard {
  const heard: (JsonObject | number)[] = [];
  for (const one of decoded) {
    const last = heard.at(-1);
    if (one.kind === 'item') heard.push(one.item);
    else if (typeof last === 'number') heard[heard.length - 1] = last + one.bytes;
    else heard.push(one.bytes);
  }
  return heard;
}

/** Bytes cut at random. */
export function splits(bytes: Uint8Array): fc.Arbitrary<Uint8Array[]> {
  return fc.array(fc.nat(bytes.length), { maxLength: 12 }).map((cuts) => {
    const places = [0, ...cuts.sort((left, right) => left - right), bytes.length];
    return places.slice(1).map((place, index) => bytes.slice(places[index], place));
  });
}

/**
 * What holds of every stream, whatever comes: splitting changes nothing, nothing throws, each byte is accounted for at
 * most once, and each item is what its schema says. `pieces`: whole frames, damaged ones and noise, to be mixed.
 */
export function checkStreamLaws(stream: Stream, pieces: fc.Arbitrary<Uint8Array>): void {
  const traffic = fc.array(fc.oneof(pieces, fc.uint8Array({ maxLength: 8 })), { maxLength: 12 });
  fc.assert(
    fc.property(
      traffic.chain((parts) => {
        const bytes = concatBytes(...parts);
        return fc.tuple(fc.constant(bytes), splits(bytes));
      }),
      ([bytes, chunks]) => {
        const whole = hear(stream, [bytes]);
        const split = hear(stream, chunks);
        const single = hear(
          stream,
          Array.from(bytes, (byte) => Uint8Array.of(byte)),
        );
        for (const other of [split, single]) {
          if (JSON.stringify(withoutTime(other)) !== JSON.stringify(withoutTime(whole))) {
            throw new Error(`split: ${JSON.stringify(other)}; whole: ${JSON.stringify(whole)}`);
          }
        }
        const lost = whole.reduce<number>((sum, one) => (typeof one === 'number' ? sum + one : sum), 0);
        if (lost > bytes.length) throw new Error(`${lost} of ${bytes.length} bytes lost`);
        for (const one of whole) if (typeof one !== 'number') stream.item.strict().parse(one);
      },
    ),
  );
}

/** What depends on when it came, and so on how it was split. */
function withoutTime(heard: Heard): Heard {
  return heard.map((one) => (typeof one === 'number' ? one : { ...one, repeat: undefined }));
}
