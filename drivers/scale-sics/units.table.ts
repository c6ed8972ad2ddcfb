/**
 * Unit symbols that MT-SICS scales send, with their UCUM codes. The symbols are case-sensitive (`GN` is grain). Where a
 * code has several symbols the first one is what we send. Trade units and pieces have no UCUM code of their own and
 * stand as UCUM annotations; the symbol itself is always reported beside them.
 */
export const sicsUnits: Readonly<Record<string, string>> = {
  g: 'g',
  kg: 'kg',
  mg: 'mg',
  ug: 'ug',
  mcg: 'ug',
  // The micro sign in Windows-1252 and in code page 437, read byte by byte.
  '\u00b5g': 'ug',
  '\u00e6g': 'ug',
  t: 't',
  ct: '[car_m]',
  lb: '[lb_av]',
  oz: '[oz_av]',
  ozt: '[oz_tr]',
  GN: '[gr]',
  dwt: '[pwt_tr]',
  N: 'N',
  mN: 'mN',
  '%': '%',
  PCS: '{pcs}',
  pcs: '{pcs}',
  mom: '{momme}',
  msg: '{mesghal}',
  tlh: '{tael_hk}',
  tls: '{tael_sg}',
  tlt: '{tael_tw}',
  tcl: '{tical}',
  tola: '{tola}',
  baht: '{baht}',
};
