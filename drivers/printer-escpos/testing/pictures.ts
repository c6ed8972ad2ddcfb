import { encode } from 'fast-png';

/** A grey PNG as Base64; `grey` gives 0 (black) to 255 for each pixel. */
export function pngOf(width: number, height: number, grey: (x: number, y: number) => number): string {
  const data = Uint8Array.from({ length: width * height }, (_, index) =>
    grey(index % width, Math.floor(index / width)),
  );
  return Buffer.from(encode({ width, height, data, depth: 8, channels: 1 })).toString('base64');
}
