import { type BoardName, boardOf } from '../boards.table.ts';
import { dcttechDialect, isDcttechHarmless } from './dcttech.ts';
import { devantechDialect, isDevantechHarmless } from './devantech.ts';
import type { Dialect } from './dialect.ts';
import { isKmtronicHarmless, kmtronicDialect } from './kmtronic.ts';
import { isLcusHarmless, type LcusStatus, lcusDialect } from './lcus.ts';
import { isNumatoHarmless, numatoDialect } from './numato.ts';

export type { Dialect } from './dialect.ts';
export { describeSwitch } from './dialect.ts';

/** How the configured board is spoken to. */
export function dialectOf({ board, status }: { readonly board: BoardName; readonly status: LcusStatus }): Dialect {
  const { title, channels, dialect } = boardOf(board);
  switch (dialect.name) {
    case 'lcus':
      return lcusDialect(channels, status);
    case 'kmtronic':
      return kmtronicDialect(channels, dialect.status);
    case 'dcttech':
      return dcttechDialect(title, channels);
    case 'devantech':
      return devantechDialect(title, channels, dialect.moduleId);
    case 'numato':
      return numatoDialect(channels);
  }
}

/**
 * The questions of all dialects. None of them does anything on a board of another dialect, either, as far as their
 * manuals say, but for the text of Numato boards: see {@link numatoDialect}.
 */
export function isHarmless(bytes: Uint8Array): boolean {
  return (
    isDcttechHarmless(bytes) ||
    isLcusHarmless(bytes) ||
    isKmtronicHarmless(bytes) ||
    isDevantechHarmless(bytes) ||
    isNumatoHarmless(bytes)
  );
}
