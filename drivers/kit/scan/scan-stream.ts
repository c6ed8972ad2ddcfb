import { z } from 'zod';
import { defineStream } from '../define-stream.ts';
import { decodeLatin1 } from '../lines.ts';
import type { Gathering, Stream, StreamProgress } from '../stream.ts';
import { AIM_BYTES, readAimIdentifier } from './aim-identifier.ts';
import { readScannedText } from './scanned-text.ts';
import { NO_BAR_CODE } from './symbologies.table.ts';

/** One code as a link's framing gives it: the data, with the AIM identifier in front if the scanner sends one. */
export interface ScanFrame {
  readonly data: Uint8Array;
}

/**
 * `auto`: an identifier in front of the data is taken off and named; `required`: a code without one is unreadable, which
 * keeps noise from being taken for a code; `none`: all is data.
 */
export type AimMode = 'auto' | 'required' | 'none';

/** What a scanner's driver says about its stream. */
export interface ScanStreamOptions {
  readonly match: (buffer: Uint8Array, idle: boolean) => StreamProgress<ScanFrame>;
  readonly idleMs: number;
  readonly maxFrameBytes: number;
  readonly aim: AimMode;
  /** The same code again within this time since it was last seen is marked `repeat`. 0: never. */
  readonly repeatMs: number;
}

const scan = z.strictObject({
  text: z
    .string()
    .describe(
      'What the code says, without the AIM identifier. The separator of GS1 codes (FNC1) is the character U+001D',
    ),
  encoding: z
    .enum(['utf-8', 'iso-8859-1', 'binary'])
    .describe('How the bytes were read; binary: they are no text, and text has one character a byte'),
  base64: z.string().optional().describe('The bytes themselves; only when encoding is binary'),
  length_bytes: z.int().min(0).describe('Bytes of the code, without the AIM identifier'),
  symbology: z
    .string()
    .nullable()
    .describe('Kind of code by the AIM identifier: ean_upc, code_128, gs1_128, qr_code...; null when none was sent'),
  aim: z.string().nullable().describe('The AIM identifier that was sent: "]E0"; null when none was'),
  gs1: z
    .boolean()
    .nullable()
    .describe('Whether the identifier says that the data is built by GS1 rules; null when none was sent'),
  repeat: z.boolean().describe('The same code came a moment before: most likely one item scanned twice by accident'),
});

type Scan = z.output<typeof scan>;

interface LastScan {
  readonly key: string;
  readonly atMs: number;
}

/** The stream `scan.read` of every scanner, whatever it hangs on. */
export function defineScanStream({ match, aim, repeatMs, ...limits }: ScanStreamOptions): Stream {
  const accepts = (data: Uint8Array): boolean => aim !== 'required' || readAimIdentifier(data) !== null;
  return defineStream({
    capability: 'scan.read',
    title: 'Read scanned codes',
    description: 'Gives the bar codes that people scan, each with its text, kind and time.',
    item: scan,
    delivery: 'each',
    personal: true,
    expectedIntervalMs: null,
    ...limits,
    match(buffer, idle) {
      const progress = match(buffer, idle);
      if (progress.kind !== 'frame') return progress;
      const { frame, consumed } = progress;
      if (!accepts(frame.data)) return { kind: 'bad', consumed, expected: 'an AIM identifier' };
      // What a scanner says of itself is no code that anyone scanned.
      if (aim !== 'none' && readAimIdentifier(frame.data)?.text[1] === NO_BAR_CODE) return { kind: 'skip', consumed };
      return progress;
    },
    gather: gathering(aim, repeatMs),
  });
}

function gathering(aim: AimMode, repeatMs: number): Gathering<ScanFrame, LastScan | null, Scan> {
  return {
    start: null,
    next(last, { data }, atMs) {
      const key = decodeLatin1(data);
      const repeat = last !== null && last.key === key && atMs - last.atMs < repeatMs;
      return { state: { key, atMs }, items: [{ ...readScan(data, aim), repeat }] };
    },
    rest: (state) => ({ state, items: [] }),
  };
}

function readScan(bytes: Uint8Array, aim: AimMode): Omit<Scan, 'repeat'> {
  const identifier = aim === 'none' ? null : readAimIdentifier(bytes);
  const data = identifier === null ? bytes : bytes.subarray(AIM_BYTES);
  const { text, encoding } = readScannedText(data);
  return {
    text,
    encoding,
    ...(encoding === 'binary' ? { base64: Buffer.from(data).toString('base64') } : {}),
    length_bytes: data.length,
    symbology: identifier?.symbology ?? null,
    aim: identifier?.text ?? null,
    gs1: identifier?.gs1 ?? null,
  };
}
