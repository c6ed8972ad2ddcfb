import { z } from 'zod';
import type { PrinterOptions } from './options.ts';

// Line breaks may be in text; every other control character would be a command.
const printableText = z
  .string()
  .max(10_000)
  .regex(/^[^\p{Cc}\u2028\u2029]*(?:\n[^\p{Cc}\u2028\u2029]*)*$/u, 'text without control characters but line breaks');

const align = z.enum(['left', 'center', 'right']).default('left').describe('Place on the paper');

const style = {
  bold: z.boolean().default(false),
  underline: z.boolean().default(false),
  invert: z.boolean().default(false).describe('White on black'),
  width: z.int().min(1).max(8).default(1).describe('Times as wide'),
  height: z.int().min(1).max(8).default(1).describe('Times as high'),
};

const text = z.strictObject({
  type: z.literal('text'),
  text: printableText.describe('Wrapped at words when it is longer than a line; \\n begins a new line'),
  align,
  ...style,
});

const columns = z.strictObject({
  type: z.literal('columns'),
  cells: z
    .array(
      z.strictObject({
        text: printableText,
        width: z
          .int()
          .min(1)
          .max(48)
          .optional()
          .describe('Characters; cells without a width share what is left of the line'),
        align,
      }),
    )
    .min(1)
    .max(8),
  bold: style.bold,
  underline: style.underline,
  invert: style.invert,
});

const rule = z.strictObject({ type: z.literal('rule'), style: z.enum(['single', 'double']).default('single') });

const barcode = z.strictObject({
  type: z.literal('barcode'),
  symbology: z.enum(['ean13', 'ean8', 'upca', 'code39', 'itf', 'code128']),
  data: z
    .string()
    .min(1)
    .max(200)
    .describe('Digits for ean13, ean8, upca (the check digit may be left out) and itf; text for code39 and code128'),
  height_dots: z.int().min(16).max(255).default(80),
  module_width: z.int().min(1).max(3).default(2).describe('Width of the narrowest bar: 1 fine, 3 coarse'),
  caption: z.enum(['none', 'above', 'below', 'both']).default('below').describe('Where the data is printed as text'),
  align: align.default('center'),
});

const qr = z.strictObject({
  type: z.literal('qr'),
  data: z
    .string()
    .min(1)
    .max(700)
    .regex(/^[^\p{Cc}]*$/u, 'text without control characters'),
  module_dots: z.int().min(2).max(8).default(5).describe('Dots of one square'),
  error_level: z.enum(['l', 'm', 'q', 'h']).default('m'),
  align: align.default('center'),
});

const image = z.strictObject({
  type: z.literal('image'),
  png: z.base64().max(700_000).describe('A PNG file as base64'),
  width_dots: z
    .int()
    .min(8)
    .max(832)
    .optional()
    .describe('Width on the paper; when left out, its own, or the head width if that is less'),
  dither: z.enum(['floyd_steinberg', 'threshold']).default('floyd_steinberg'),
  align: align.default('center'),
});

const feed = z.strictObject({ type: z.literal('feed'), lines: z.int().min(1).max(50).default(1) });

const cut = z.strictObject({ type: z.literal('cut'), mode: z.enum(['partial', 'full']).default('partial') });

const drawer = z.strictObject({ type: z.literal('drawer') });

const raw = z.strictObject({
  type: z.literal('raw'),
  bytes: z.base64().min(4).max(350_000).describe('Printer commands as base64, sent as they are'),
});

const everyBlock = z.discriminatedUnion('type', [text, columns, rule, barcode, qr, image, feed, cut, drawer, raw]);

/** One thing on a receipt, from top to bottom. */
export type Block = z.output<typeof everyBlock>;
/** A block of one kind. */
export type BlockOf<Type extends Block['type']> = Extract<Block, { type: Type }>;

/** Arguments of `receipt.print` under these options: drawer and raw only where they were switched on. */
export function receiptInput(options: PrinterOptions) {
  const always = [text, columns, rule, barcode, qr, image, feed] as const;
  const block = z.discriminatedUnion('type', [
    ...always,
    ...(options.cutter ? [cut] : []),
    ...(options.drawer && options.receipt_may_open_drawer ? [drawer] : []),
    ...(options.raw_commands ? [raw] : []),
  ]);
  return z.strictObject({
    content: z.array(block).min(1).max(500).describe('What is printed, from top to bottom'),
    cut: options.cutter
      ? z.boolean().default(true).describe('Whether the paper is cut at the end')
      : z.literal(false).default(false).describe('This printer has no cutter'),
  });
}
