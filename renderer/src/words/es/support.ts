import type { Translated } from '../catalogue.ts';
import type * as source from '../en/support.ts';

export const support: Translated<typeof source.support> = {
  doctor: 'Diagnóstico',
  again: 'Comprobar de nuevo',
  looking: 'Comprobándolo todo…',
  result_ok: 'Bien.',
  result_attention: 'Requiere atención.',
  result_error: 'Mal.',
};
