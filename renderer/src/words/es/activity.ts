import type { Translated } from '../catalogue.ts';
import type * as source from '../en/activity.ts';

export const activity: Translated<typeof source.activity> = {
  none: 'Aún no se ha hecho nada en este equipo',
  noneBody: 'Leer una báscula no aparece aquí; accionar un relé, sí.',
};
