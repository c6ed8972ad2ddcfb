/** What an AIM identifier's letter stands for, and what its modifiers add. */
export interface AimSymbology {
  readonly name: string;
  /** Modifiers that name another symbology of the same letter. */
  readonly modifiers?: Readonly<Record<string, string>>;
  /** Modifiers that say that the data follows the GS1 General Specifications; `all`: every one. */
  readonly gs1?: string;
}

/** AIM code identifiers: letter to symbology (ISO/IEC 15424, data carrier identifiers). */
export const aimSymbologies: Readonly<Record<string, AimSymbology>> = {
  A: { name: 'code_39' },
  B: { name: 'telepen' },
  C: { name: 'code_128', modifiers: { 1: 'gs1_128' }, gs1: '1' },
  D: { name: 'code_one' },
  E: { name: 'ean_upc', modifiers: { 1: 'ean_add_on_2', 2: 'ean_add_on_5', 3: 'ean_upc_with_add_on', 4: 'ean_8' } },
  F: { name: 'codabar' },
  G: { name: 'code_93' },
  H: { name: 'code_11' },
  I: { name: 'interleaved_2_of_5' },
  J: { name: 'dotcode', modifiers: { 1: 'gs1_dotcode', 4: 'gs1_dotcode' }, gs1: '14' },
  K: { name: 'code_16k' },
  L: { name: 'pdf417' },
  M: { name: 'msi' },
  N: { name: 'anker' },
  O: { name: 'codablock' },
  P: { name: 'plessey' },
  Q: { name: 'qr_code', modifiers: { 3: 'gs1_qr_code', 4: 'gs1_qr_code' }, gs1: '34' },
  R: { name: 'straight_2_of_5' },
  S: { name: 'straight_2_of_5' },
  T: { name: 'code_49' },
  U: { name: 'maxicode' },
  X: { name: 'other' },
  Z: { name: 'no_bar_code' },
  c: { name: 'channel_code' },
  d: { name: 'data_matrix', modifiers: { 2: 'gs1_data_matrix', 5: 'gs1_data_matrix' }, gs1: '25' },
  e: { name: 'gs1_databar', modifiers: { 1: 'gs1_composite', 2: 'gs1_composite', 3: 'gs1_composite' }, gs1: 'all' },
  h: { name: 'han_xin' },
  o: { name: 'ocr' },
  p: { name: 'posicode' },
  s: { name: 'supercode' },
  z: { name: 'aztec', modifiers: { 1: 'gs1_aztec', 4: 'gs1_aztec' }, gs1: '14' },
};

/** The letter of what a scanner says of itself, and not of a code. */
export const NO_BAR_CODE = 'Z';
