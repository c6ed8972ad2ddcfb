import type { Translated } from '../catalogue.ts';
import type * as source from '../en/connector.ts';

export const connector: Translated<typeof source.connector> = {
  test: 'Test starten',
  testing: 'Wird getestet …',
  testPassed: 'Test bestanden',
  testFailed: 'Test nicht bestanden',
  passed: 'bestanden',
  failed: 'nicht bestanden',
  nothingToRead: 'nichts zu lesen',
  uninstall: 'Deinstallieren …',
  uninstallTitle: '{name} deinstallieren?',
  uninstallBody:
    'Zugangsdaten und Einstellungen werden gelöscht, und Programme können {capabilities} dieses Geräts nicht mehr benutzen. Verlauf und Tests bleiben; das Gerät erscheint wieder als neu.',
  keepIt: 'Behalten',
  uninstallNow: '{name} deinstallieren',
  uninstalling: 'Wird deinstalliert …',
  uninstalled: '{name} ist deinstalliert.',
};

export const modes: Translated<typeof source.modes> = { live: 'wirklich gelesen', dry_run: 'versucht, ohne zu wirken' };
