import type { Translated } from '../catalogue.ts';
import type { updates as source } from '../en/updates.ts';

export const updates: Translated<typeof source> = {
  agent_package:
    'Si el agente se instaló como paquete Debian, uno más nuevo llega con apt. Espera a las acciones abiertas:',
  program: 'Programa de escritorio {version}',
  way_package_manager: 'Las actualizaciones llegan por el gestor de paquetes de este equipo. Se hace con:',
  way_self: 'Este programa busca por sí mismo versiones nuevas y solo acepta las que están firmadas.',
  way_by_hand:
    'Este programa no busca actualizaciones en ningún sitio. Instale una versión más nueva como se instaló esta; los dispositivos y ajustes se conservan.',
  mode_automatic:
    'Una versión nueva se instala por sí misma cuando nadie mira esta ventana y no hay ninguna acción abierta.',
  mode_ask: 'Una versión nueva se descarga, y se instala cuando usted lo dice.',
  mode_off: 'Solo busca cuando usted se lo pide.',
  idle: 'No se conoce ninguna versión más nueva.',
  looking: 'Buscando…',
  fetching: 'Descargando la versión {version}: {percent} %',
  ready: 'La versión {version} está lista.',
  restart: 'La versión {version} está instalada. Funcionará a partir del próximo inicio.',
  installing: 'Instalando la versión {version}…',
  proving: 'La versión {version} funciona por primera vez: se espera a su agente.',
  hold_actions:
    'Espera, porque no debe llegar en medio de una acción: {acting} en curso, {waiting} esperan aprobación, {doubtful} sin resultado conocido.',
  hold_agent: 'No se puede preguntar a ningún agente si hay una acción abierta.',
  lookedAt: 'Buscado a las {time}.',
  look: 'Buscar actualizaciones',
  update: 'Actualizar a {version}…',
  restartNow: 'Reiniciar con {version}…',
  putBack: 'Volver a {version}…',
  result_updated: 'Actualizado de {from} a {to}.',
  result_not_taken: 'La actualización a {to} no se hizo: esta sigue siendo {from}.',
  result_agent_down: 'Tras la actualización de {from} a {to} el agente no arrancó.',
  result_put_back: 'Ha vuelto la versión {to}: {from} no funcionó aquí.',
};
