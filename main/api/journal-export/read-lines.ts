/** Longer than any line of an export: an entry holds no more than a request, which is bounded to 1 MiB. */
const LONGEST_LINE_BYTES = 8 * 1024 * 1024;
const LINE_FEED = 0x0a;

/** One line of a file. */
export interface ExportText {
  /** Null: too long, or not UTF-8. */
  readonly text: string | null;
  /** Whether a line feed ends it. */
  readonly ended: boolean;
}

/** The lines in chunks of bytes; nothing is trimmed or mended, so that no change is overlooked. */
export async function* readLines(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ExportText, void, undefined> {
  let parts: Uint8Array[] = [];
  let bytes = 0;
  const take = (part: Uint8Array) => {
    bytes += part.length;
    if (bytes <= LONGEST_LINE_BYTES) parts.push(part);
  };
  const finish = (ended: boolean): ExportText => {
    const text = bytes <= LONGEST_LINE_BYTES ? decode(parts) : null;
    parts = [];
    bytes = 0;
    return { text, ended };
  };
  for await (const chunk of chunks) {
    let start = 0;
    for (let end = chunk.indexOf(LINE_FEED); end >= 0; end = chunk.indexOf(LINE_FEED, start)) {
      take(chunk.subarray(start, end));
      start = end + 1;
      yield finish(true);
    }
    take(chunk.subarray(start));
  }
  if (bytes > 0) yield finish(false);
}

function decode(parts: readonly Uint8Array[]): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(Buffer.concat(parts));
  } catch {
    return null;
  }
}
