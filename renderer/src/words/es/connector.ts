import type { Translated } from '../catalogue.ts';
import type * as source from '../en/connector.ts';

export const connector: Translated<typeof source.connector> = {
  test: 'Hacer la prueba',
  testing: 'Probando…',
  testPassed: 'Prueba superada',
  testFailed: 'Prueba no superada',
  passed: 'superada',
  failed: 'no superada',
  nothingToRead: 'nada que leer',
  uninstall: 'Desinstalar…',
  uninstallTitle: '¿Desinstalar {name}?',
  uninstallBody:
    'Se borran sus credenciales y ajustes, y los programas ya no pueden usar {capabilities} de este dispositivo. Su historial y sus pruebas se conservan; el dispositivo aparece como nuevo.',
  keepIt: 'Conservarlo',
  uninstallNow: 'Desinstalar {name}',
  uninstalling: 'Desinstalando…',
  uninstalled: '{name} está desinstalado.',
};

export const modes: Translated<typeof source.modes> = { live: 'leído de verdad', dry_run: 'probado sin actuar' };
