import { pngCodec } from '../lazy-packages.ts';
import type { Canvas } from './canvas.ts';

/** Where the paper is cut, a dashed grey line is shown. */
const CUT_GREY = 160;

/** The paper as a PNG file, one pixel a dot. `cutsAtDots` are the rows at which it is cut. */
export function toPng(canvas: Canvas, cutsAtDots: readonly number[] = []): Uint8Array {
  const { widthDots } = canvas;
  const heightDots = Math.max(1, canvas.heightDots());
  const data = new Uint8Array(widthDots * heightDots).fill(255);
  for (let y = 0; y < heightDots; y += 1) {
    for (let x = 0; x < widthDots; x += 1) if (canvas.get(x, y)) data[y * widthDots + x] = 0;
  }
  for (const cut of cutsAtDots) {
    if (cut >= heightDots) continue;
    for (let x = 0; x < widthDots; x += 1) if (x % 12 < 6) data[cut * widthDots + x] = CUT_GREY;
  }
  return pngCodec().encode({ width: widthDots, height: heightDots, data, depth: 8, channels: 1 });
}
