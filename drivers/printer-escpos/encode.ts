import { AgentError } from '../kit/index.ts';
import { characterSet } from './character-set.ts';
import type { LaidOut, ReceiptLayout } from './layout.ts';
import { receiptEncoder } from './lazy-packages.ts';
import type { PrinterOptions } from './options.ts';
import type { Bitmap } from './picture.ts';
import { findRealTimeCommand } from './real-time-guard.ts';

type Encoder = InstanceType<ReturnType<typeof receiptEncoder>>;

/**
 * A receipt as ESC/POS commands, by the encoder; it gets lines that fit, in code pages that were chosen, so that it decides
 * nothing. Throws `internal_error` rather than give bytes in which a printer would find a real-time command.
 */
export function encodeReceipt({ items }: ReceiptLayout, options: PrinterOptions): Uint8Array {
  const encoder: Encoder = new (receiptEncoder())({
    columns: options.columns,
    language: 'esc-pos',
    codepageMapping: options.code_pages,
    imageMode: 'raster',
    feedAfterBlock: false,
    newline: '\n',
    errors: 'strict',
  });
  encoder.initialize();
  for (const item of items) encodeItem(encoder, item, options);
  const bytes = encoder.encode();
  const hasRaw = items.some((item) => item.kind === 'raw');
  const found = hasRaw ? -1 : findRealTimeCommand(bytes);
  if (found >= 0) {
    throw new AgentError('internal_error', `The encoded receipt holds a real-time command at byte ${found}.`, {
      hint: 'Nothing was sent. This is a fault of the driver; please report it.',
    });
  }
  return bytes;
}

function encodeItem(encoder: Encoder, item: LaidOut, options: PrinterOptions): void {
  switch (item.kind) {
    case 'line':
      encodeLine(encoder, item, options);
      return;
    case 'barcode': {
      const { block, data } = item;
      encoder.align(block.align);
      encoder.barcode(block.symbology === 'code128' ? escapeCode128(data) : data, block.symbology, {
        height: block.height_dots,
        width: block.module_width,
        text: block.caption,
      });
      encoder.align('left');
      return;
    }
    case 'qr': {
      const { data, align, module_dots, error_level } = item.block;
      encoder.align(align);
      encoder.qrcode(utf8AsLatin1(data), { model: 2, size: module_dots, errorlevel: error_level });
      encoder.align('left');
      return;
    }
    case 'picture':
      encoder.align(item.align);
      encoder.image(toPixels(item.picture), {
        // Said, or it would be scaled to twelve dots a column, which is less than some heads have.
        width: item.picture.widthDots,
        height: item.picture.heightDots,
        algorithm: 'threshold',
        mode: 'raster',
      });
      encoder.align('left');
      return;
    case 'feed':
      encoder.newline(item.lines);
      return;
    case 'cut':
      if (options.feed_before_cut_lines > 0) encoder.newline(options.feed_before_cut_lines);
      // `GS V m`. The encoder's own cut begins the next receipt with an empty line.
      encoder.raw([0x1d, 0x56, item.mode === 'full' ? 0 : 1]);
      return;
    case 'drawer':
      encoder.raw(drawerPulse(options));
      return;
    case 'raw':
      encoder.raw(item.bytes);
      return;
  }
}

function encodeLine(
  encoder: Encoder,
  { text, indentColumns, style }: Extract<LaidOut, { kind: 'line' }>,
  options: PrinterOptions,
): void {
  const set = characterSet(options.code_pages);
  if (indentColumns > 0)
    for (const { page, text: blanks } of set.runs(' '.repeat(indentColumns))) encoder.codepage(page).text(blanks);
  encoder.size(style.width, style.height).bold(style.bold).underline(style.underline).invert(style.invert);
  for (const { page, text: words } of set.runs(text)) encoder.codepage(page).text(words);
  encoder.size(1, 1).bold(false).underline(false).invert(false).newline();
}

/** `ESC p m t1 t2`: the coil is on for t1 × 2 ms; then no other pulse comes for t2 × 2 ms, half a second, so that it can cool. */
export function drawerPulse({ drawer_pin, drawer_pulse_ms }: PrinterOptions): Uint8Array {
  const on = Math.round(drawer_pulse_ms / 2);
  return Uint8Array.of(0x1b, 0x70, drawer_pin === 2 ? 0 : 1, on, 250);
}

/** Code set B; a brace is doubled, since one alone begins a function. */
function escapeCode128(data: string): string {
  return `{B${data.replaceAll('{', '{{')}`;
}

/** The encoder writes a QR code's text in Latin-1: this way its bytes are those of UTF-8, which readers expect. */
function utf8AsLatin1(text: string): string {
  return Buffer.from(text, 'utf8').toString('latin1');
}

/** Black and white pixels that the encoder packs into the same dots again. */
function toPixels({ widthDots, heightDots, bytes }: Bitmap) {
  const data = new Uint8ClampedArray(widthDots * heightDots * 4).fill(255);
  for (let index = 0; index < widthDots * heightDots; index += 1) {
    if (((bytes[index >> 3] ?? 0) & (0x80 >> (index & 7))) === 0) continue;
    data.fill(0, index * 4, index * 4 + 3);
  }
  return { width: widthDots, height: heightDots, data };
}
