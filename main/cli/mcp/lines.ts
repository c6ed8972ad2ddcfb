/** What one message may take; the agent takes no more either. */
const MAX_LINE_BYTES = 1024 * 1024;

/** A line, or word that one was too long and was passed over. */
export type Line = { readonly type: 'line'; readonly text: string } | { readonly type: 'too_long' };

/** Cuts a stream of bytes into lines, empty ones left out; ends with the stream. A rest without line end is no line. */
export async function* readLines(chunks: AsyncIterable<Uint8Array | string>): AsyncGenerator<Line> {
  let parts: Buffer[] = [];
  let size = 0;
  let passing = false;
  for await (const chunk of chunks) {
    let rest = Buffer.from(chunk);
    for (let end = rest.indexOf(0x0a); end >= 0; end = rest.indexOf(0x0a)) {
      const tooLong = size + end > MAX_LINE_BYTES;
      parts.push(rest.subarray(0, end));
      const text = passing || tooLong ? '' : Buffer.concat(parts).toString('utf8').trim();
      if (text !== '') yield { type: 'line', text };
      else if (tooLong && !passing) yield { type: 'too_long' };
      parts = [];
      size = 0;
      passing = false;
      rest = rest.subarray(end + 1);
    }
    size += rest.length;
    if (passing) continue;
    parts.push(rest);
    if (size <= MAX_LINE_BYTES) continue;
    parts = [];
    passing = true;
    yield { type: 'too_long' };
  }
}
