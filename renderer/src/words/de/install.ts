import type { Translated } from '../catalogue.ts';
import type * as source from '../en/install.ts';

export const install: Translated<typeof source.install> = {
  title: 'Installieren · {name}',
  driver: 'Treiber',
  choose: 'Wählen …',
  name: 'Name, zum Beispiel der Standort',
  options: 'Leitung und andere Einstellungen',
  cancel: 'Abbrechen',
  install: 'Installieren',
  installing: 'Wird installiert …',
  installed: '{name} ist installiert.',
  hasConnector: 'Dieses Gerät gehört zur Verbindung',
  catalogue: 'Was installiert werden kann',
};
