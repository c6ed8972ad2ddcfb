import { decodeLatin1 } from '../../kit/index.ts';

/** A longer line is dropped, as a real input buffer overflows. */
const LONGEST_LINE = 256;

/** Puts bytes together to command lines, in whatever chunks they come. */
export interface CommandLines {
  /** The lines that these bytes complete, without their ends; empty ones left out. */
  take(bytes: Uint8Array): string[];
  clear(): void;
}

/** Lines end in CR LF, CR or LF, as a scale can be set. */
export function createCommandLines(): CommandLines {
  let partial = '';
  return {
    take(bytes) {
      const pieces = (partial + decodeLatin1(bytes)).split(/[\r\n]/);
      partial = (pieces.pop() ?? '').slice(-LONGEST_LINE);
      return pieces.filter((line) => line !== '');
    },
    clear() {
      partial = '';
    },
  };
}
