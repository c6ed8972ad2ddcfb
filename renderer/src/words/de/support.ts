import type { Translated } from '../catalogue.ts';
import type * as source from '../en/support.ts';

export const support: Translated<typeof source.support> = {
  doctor: 'Diagnose',
  again: 'Noch einmal prüfen',
  looking: 'Alles wird geprüft …',
  result_ok: 'In Ordnung.',
  result_attention: 'Braucht Aufmerksamkeit.',
  result_error: 'Fehler.',
};
