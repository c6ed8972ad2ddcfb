import type { LineFormat } from '../../../drivers/kit/index.ts';

/**
 * What devices may hear: the bytes as they are, and, of seven bits with parity, as a device with eight bits and none
 * takes them. Without a line there is but one way to hear.
 */
export function asHeard(bytes: Uint8Array, line: LineFormat | null): readonly Uint8Array[] {
  if (line === null || line.data_bits === 8 || line.parity === 'none') return [bytes];
  const odd = line.parity === 'odd';
  return [bytes, bytes.map((byte) => (byte & 0x7f) | (isOdd(byte & 0x7f) !== odd ? 0x80 : 0))];
}

function isOdd(byte: number): boolean {
  let ones = 0;
  for (let rest = byte; rest > 0; rest >>= 1) ones += rest & 1;
  return ones % 2 === 1;
}
