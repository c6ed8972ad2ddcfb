const DLE = 0x10;
/** Whole length by the byte after DLE: EOT n, ENQ n, DC4 n and its parameters. */
const lengths: Readonly<Record<number, number>> = { 4: 3, 5: 3, 20: 5 };

/**
 * The real-time commands in what arrives, wherever they stand, and what at its end may be the beginning of one. Like many
 * printers this one looks into the data of pictures too, and prints the same bytes as part of the picture all the same.
 */
export function findRealTime(bytes: Uint8Array): {
  readonly commands: readonly Uint8Array[];
  readonly rest: Uint8Array;
} {
  const commands: Uint8Array[] = [];
  let index = bytes.indexOf(DLE);
  while (index >= 0) {
    const second = bytes[index + 1];
    const length = second === undefined ? 2 : (lengths[second] ?? 0);
    if (index + length > bytes.length) return { commands, rest: bytes.slice(index) };
    if (length > 0) commands.push(bytes.slice(index, index + length));
    index = bytes.indexOf(DLE, index + Math.max(1, length));
  }
  return { commands, rest: new Uint8Array() };
}
