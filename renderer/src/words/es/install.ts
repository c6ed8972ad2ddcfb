import type { Translated } from '../catalogue.ts';
import type * as source from '../en/install.ts';

export const install: Translated<typeof source.install> = {
  title: 'Instalar · {name}',
  driver: 'Controlador',
  choose: 'Elija…',
  name: 'Nombre, por ejemplo dónde está',
  options: 'Línea y otros ajustes',
  cancel: 'Cancelar',
  install: 'Instalar',
  installing: 'Instalando…',
  installed: '{name} está instalado.',
  hasConnector: 'Este dispositivo lo usa el conector',
  catalogue: 'Qué se puede instalar',
};
