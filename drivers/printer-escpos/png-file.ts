import { inflateSync } from 'node:zlib';
import { unusable } from './refuse.ts';

const SIGNATURE = Buffer.from([137, 80, 78, 71, 13, 10, 26, 10]);
/** What a picture is made of; all else (texts, profiles, animation) is left out unread. */
const essential: ReadonlySet<string> = new Set(['IHDR', 'PLTE', 'tRNS', 'IDAT', 'IEND']);
/** Samples of a pixel by colour type (PNG specification, 11.2.1). */
const samples: Readonly<Record<number, number>> = { 0: 1, 2: 3, 3: 1, 4: 2, 6: 4 };

/** A PNG file of which is known how large it is, before it is unpacked. */
export interface PngFile {
  readonly width: number;
  readonly height: number;
  /**
   * The file without what is not the picture. Throws `invalid_arguments` when it holds more than its header says: a few
   * kilobytes can unpack to gigabytes.
   */
  readonly picture: () => Buffer;
}

/** Reads a file's header. Throws `invalid_arguments` when it is no PNG. */
export function openPng(base64: string): PngFile {
  const file = Buffer.from(base64, 'base64');
  const isPng = file.length > 33 && file.subarray(0, 8).equals(SIGNATURE) && file.toString('latin1', 12, 16) === 'IHDR';
  if (!isPng) throw unusable('the picture is no PNG file', 'Give a whole PNG file as base64.');
  const width = file.readUInt32BE(16);
  const height = file.readUInt32BE(20);
  if (width === 0 || height === 0) throw unusable('the picture is empty', 'Give another picture.');
  return {
    width,
    height,
    picture() {
      const chunks = chunksOf(file).filter(({ type }) => essential.has(type));
      const bitsPerPixel = (samples[file[25] ?? 0] ?? 4) * (file[24] ?? 8);
      // Each row begins with its filter; interlacing makes up to seven pictures of it, with rows of their own.
      const rawBytes = height * (1 + Math.ceil((width * bitsPerPixel) / 8));
      requireAtMost(
        Buffer.concat(chunks.filter(({ type }) => type === 'IDAT').map(({ data }) => data)),
        2 * rawBytes + 4_096,
      );
      return Buffer.concat([SIGNATURE, ...chunks.map(({ whole }) => whole)]);
    },
  };
}

interface Chunk {
  readonly type: string;
  readonly data: Buffer;
  /** Length, type, data and checksum. */
  readonly whole: Buffer;
}

function chunksOf(file: Buffer): readonly Chunk[] {
  const chunks: Chunk[] = [];
  let start = SIGNATURE.length;
  while (start + 12 <= file.length) {
    const length = file.readUInt32BE(start);
    const end = start + 12 + length;
    if (end > file.length) break;
    chunks.push({
      type: file.toString('latin1', start + 4, start + 8),
      data: file.subarray(start + 8, start + 8 + length),
      whole: file.subarray(start, end),
    });
    start = end;
  }
  return chunks;
}

function requireAtMost(packed: Buffer, maxOutputLength: number): void {
  try {
    inflateSync(packed, { maxOutputLength });
  } catch (cause) {
    throw unusable(`the picture can't be read (${String(cause)})`, 'Save it again as PNG.');
  }
}
