import type { Bitmap } from './picture.ts';

const DLE = 0x10;
/** EOT, ENQ and DC4: what follows DLE in a real-time command. */
const seconds: ReadonlySet<number> = new Set([0x04, 0x05, 0x14]);

/**
 * Where a real-time command stands in these bytes, -1 when nowhere. A printer looks for them in everything that arrives,
 * the data of pictures included, and obeys at once: `DLE DC4` opens the drawer or switches it off, `DLE ENQ` clears
 * what it was given.
 */
export function findRealTimeCommand(bytes: Uint8Array, from = 0): number {
  for (let index = bytes.indexOf(DLE, from); index >= 0; index = bytes.indexOf(DLE, index + 1)) {
    if (seconds.has(bytes[index + 1] ?? 0)) return index;
  }
  return -1;
}

/** The same picture without any such bytes: one dot beside others turns black where there was one. `changedDots` counts them. */
export function guardPicture(picture: Bitmap): { readonly picture: Bitmap; readonly changedDots: number } {
  const bytes = Uint8Array.from(picture.bytes);
  let changedDots = 0;
  for (let index = findRealTimeCommand(bytes); index >= 0; index = findRealTimeCommand(bytes, index)) {
    // 04, 05 and 14 have this dot white, and with it they are no command; a neighbour of it is black.
    bytes[index + 1] = (bytes[index + 1] ?? 0) | 0x08;
    changedDots += 1;
  }
  return { picture: { ...picture, bytes }, changedDots };
}
