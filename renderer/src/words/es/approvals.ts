import type { Translated } from '../catalogue.ts';
import type * as source from '../en/approvals.ts';

export const approvals: Translated<typeof source.approvals> = {
  waiting: 'Espera a una persona',
  ended: 'Decididos hace poco',
  none: 'No hay permisos pendientes',
  noneBody: 'Cuando un programa quiere hacer algo por lo que usted pidió que se le pregunte, espera aquí dos minutos.',
};
