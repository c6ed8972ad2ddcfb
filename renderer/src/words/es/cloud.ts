import type { Translated } from '../catalogue.ts';
import type * as source from '../en/cloud.ts';

export const cloud: Translated<typeof source.cloud> = {
  none: 'No hay ninguna nube configurada',
  notConnected: 'Sin conexión',
  noneBody: 'En este equipo todo funciona sin ella: dispositivos, programas del equipo, registro de acciones.',
  local: 'Los programas de este equipo se conectan con un token, que se crea en Ajustes, Acceso.',
};
