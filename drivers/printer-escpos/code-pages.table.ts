import type { Codepage } from '@point-of-sale/codepage-encoder';

/**
 * Numberings of code pages (`ESC t n`), by the name under which the encoder knows them. Makers number theirs differently, so
 * that a wrong one prints other characters without any error.
 */
export const codePageTables = [
  'epson',
  'epson/legacy',
  'bixolon',
  'bixolon/legacy',
  'citizen',
  'fujitsu',
  'hp',
  'metapace',
  'mpt',
  'pos-5890',
  'pos-8360',
  'star',
  'sunmi',
  'xprinter',
  'youku',
] as const;

/** The name of such a numbering. */
export type CodePageTable = (typeof codePageTables)[number];

/**
 * The pages that are looked at first for a character, widely used ones before rare ones: makers agree on what is in them.
 * Euro is in CP858 and the Windows pages for sure, in CP857 only on some models.
 */
export const preferredCodePages: readonly Codepage[] = [
  'cp437',
  'windows1252',
  'cp858',
  'cp850',
  'iso8859-15',
  'windows1250',
  'cp852',
  'windows1251',
  'cp866',
  'windows1253',
  'cp737',
  'windows1254',
  'windows1257',
  'cp775',
  'windows1255',
  'cp862',
  'windows1256',
  'windows1258',
];
