import type { Translated } from '../catalogue.ts';
import type * as source from '../en/cloud.ts';

export const cloud: Translated<typeof source.cloud> = {
  none: 'Keine Cloud eingerichtet',
  notConnected: 'Nicht verbunden',
  noneBody: 'Auf diesem Computer geht alles auch ohne Cloud: Geräte, Programme, die Aufzeichnung der Aktionen.',
  local: 'Programme auf diesem Computer verbinden sich mit einem Token, den Sie unter Einstellungen, Zugang erstellen.',
};
