import { pngCodec } from './lazy-packages.ts';
import { openPng } from './png-file.ts';
import type { BlockOf } from './receipt.ts';
import { unusable } from './refuse.ts';

/** A picture in black and white: rows of packed dots, the leftmost in the highest bit, 1 is black. */
export interface Bitmap {
  /** Both multiples of 8, as the encoder wants them; what is added is white. */
  readonly widthDots: number;
  readonly heightDots: number;
  readonly bytes: Uint8Array;
}

/** What the pictures of one receipt may have together: more would take the agent's memory, and its time from others. */
const MAX_PIXELS = 4_000_000;
const MAX_HEIGHT_DOTS = 4_000;

/** Throws `invalid_arguments` when these pictures are too large to be unpacked. Unpacks none. */
export function requirePixels(blocks: readonly BlockOf<'image'>[], headDots: number): void {
  let pixels = 0;
  for (const { png } of blocks) {
    const { width, height } = openPng(png);
    pixels += width * height;
    if (pixels > MAX_PIXELS) {
      throw unusable(
        `its pictures have more than ${MAX_PIXELS} pixels (one has ${width} × ${height})`,
        `Scale them down to the paper, ${headDots} dots wide.`,
      );
    }
  }
}

/** The picture as it is printed. Throws `invalid_arguments`. */
export function rasterise(block: BlockOf<'image'>, headDots: number): Bitmap {
  const file = openPng(block.png);
  const { width, height } = file;
  const targetWidth = block.width_dots ?? Math.min(width, headDots);
  if (targetWidth > headDots) {
    throw unusable(
      `the picture is ${targetWidth} dots wide, and the head has ${headDots}`,
      'Give a smaller width_dots.',
    );
  }
  const targetHeight = Math.max(1, Math.round((height * targetWidth) / width));
  if (targetHeight > MAX_HEIGHT_DOTS) {
    throw unusable(`the picture would be ${targetHeight} dots high`, `At most ${MAX_HEIGHT_DOTS} are printed.`);
  }
  const brightness = scale(decodeBrightness(file.picture(), width, height), width, height, targetWidth, targetHeight);
  return toDots(brightness, targetWidth, targetHeight, block.dither);
}

/** Brightness of each pixel on white paper, 0 to 255. */
function decodeBrightness(file: Buffer, width: number, height: number): Float32Array {
  const { decode, convertIndexedToRgb } = pngCodec();
  let image: ReturnType<typeof decode>;
  try {
    image = decode(file);
  } catch (cause) {
    throw unusable(`the picture can't be read (${String(cause)})`, 'Save it again as PNG.');
  }
  const indexed = image.palette !== undefined;
  const data = indexed ? convertIndexedToRgb(image) : unpack(image);
  const channels = indexed ? (image.palette?.[0]?.length ?? 3) : image.channels;
  const full = indexed || image.depth < 16 ? 255 : 65_535;
  const brightness = new Float32Array(width * height);
  for (let index = 0; index < brightness.length; index += 1) {
    const at = (channel: number) => ((data[index * channels + channel] ?? 0) * 255) / full;
    const light = channels < 3 ? at(0) : 0.299 * at(0) + 0.587 * at(1) + 0.114 * at(2);
    const opacity = channels === 2 ? at(1) / 255 : channels === 4 ? at(3) / 255 : 1;
    brightness[index] = light * opacity + 255 * (1 - opacity);
  }
  return brightness;
}

/** Grey pictures of 1, 2 or 4 bits come packed, each row beginning a new byte. */
function unpack({ data, depth, width, height, channels }: import('fast-png').DecodedPng): ArrayLike<number> {
  if (depth >= 8) return data;
  const perByte = 8 / depth;
  const rowBytes = Math.ceil((width * channels) / perByte);
  const most = 2 ** depth - 1;
  return Uint8Array.from({ length: width * channels * height }, (_, index) => {
    const row = Math.floor(index / (width * channels));
    const column = index % (width * channels);
    const byte = data[row * rowBytes + Math.floor(column / perByte)] ?? 0;
    const value = (byte >> (8 - depth * ((column % perByte) + 1))) & most;
    return Math.round((value * 255) / most);
  });
}

/** The mean of the pixels that each dot covers. */
function scale(source: Float32Array, width: number, height: number, toWidth: number, toHeight: number): Float32Array {
  if (width === toWidth && height === toHeight) return source;
  const scaled = new Float32Array(toWidth * toHeight);
  for (let y = 0; y < toHeight; y += 1) {
    const top = Math.floor((y * height) / toHeight);
    const bottom = Math.max(top + 1, Math.floor(((y + 1) * height) / toHeight));
    for (let x = 0; x < toWidth; x += 1) {
      const left = Math.floor((x * width) / toWidth);
      const right = Math.max(left + 1, Math.floor(((x + 1) * width) / toWidth));
      let sum = 0;
      for (let row = top; row < bottom; row += 1) {
        for (let column = left; column < right; column += 1) sum += source[row * width + column] ?? 255;
      }
      scaled[y * toWidth + x] = sum / ((bottom - top) * (right - left));
    }
  }
  return scaled;
}

function toDots(brightness: Float32Array, width: number, height: number, dither: BlockOf<'image'>['dither']): Bitmap {
  const widthDots = Math.ceil(width / 8) * 8;
  const heightDots = Math.ceil(height / 8) * 8;
  const bytes = new Uint8Array((widthDots / 8) * heightDots);
  const left = Float32Array.from(brightness);
  const spread = (x: number, y: number, error: number) => {
    if (x >= 0 && x < width && y < height) left[y * width + x] = (left[y * width + x] ?? 0) + error;
  };
  for (let y = 0; y < height; y += 1) {
    for (let x = 0; x < width; x += 1) {
      const value = left[y * width + x] ?? 255;
      const isBlack = value < 128;
      if (isBlack) {
        const index = y * (widthDots / 8) + (x >> 3);
        bytes[index] = (bytes[index] ?? 0) | (0x80 >> (x & 7));
      }
      if (dither === 'threshold') continue;
      // Floyd and Steinberg, 1976: the error goes to the neighbours that are still to come.
      const error = (value - (isBlack ? 0 : 255)) / 16;
      spread(x + 1, y, error * 7);
      spread(x - 1, y + 1, error * 3);
      spread(x, y + 1, error * 5);
      spread(x + 1, y + 1, error);
    }
  }
  return { widthDots, heightDots, bytes };
}
