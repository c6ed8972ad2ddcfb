import type { Translated } from '../catalogue.ts';
import type * as source from '../en/tests.ts';

export const tests: Translated<typeof source.tests> = {
  title: 'Test',
  body: 'Gelesen wird tatsächlich; Aktionen werden geprüft, ohne etwas auszulösen. Das Ergebnis wird aufbewahrt.',
  progress: '{done} von {total}',
  kept: 'Aufbewahrte Tests',
  none: 'Noch nicht getestet',
  noneBody: 'Der erste bestandene Test ist Ihr Nachweis, dass dieses Gerät hier funktioniert.',
  record: 'Abnahmeprotokoll',
  connector: 'Verbindung',
  at: 'Getestet',
  by: 'Von',
  circumstances: 'Mit',
  print: 'Drucken …',
  save: 'Speichern',
};

export const mcp: Translated<typeof source.mcp> = {
  title: 'Mit einem MCP-Client benutzen',
  body: 'Diese Verbindung ist ein eigener MCP-Server. Ein Programm auf diesem Computer kann ihn auf zwei Arten benutzen.',
  stdio: 'Vom Client gestartet',
  stdioBody: 'Für Assistenten und Editoren. Es braucht kein Token: der Client läuft als Sie.',
  http: 'Über HTTP',
  httpBody:
    'Für Skripte und Dienste. Es braucht ein Token mit den Rechten, die es haben soll; anzulegen in Einstellungen, Zugang.',
  toTokens: 'Token anlegen',
  clientConfig: 'Was in die Konfiguration des Clients gehört',
  command: 'Oder lassen Sie es eintragen',
  tools: 'Was der Client sieht',
  toolAct: 'löst etwas aus',
  toolRead: 'liest',
  noCommand: 'Dieser Agent kam ohne Befehlszeile, die ein Client starten könnte. Benutzen Sie ihn über HTTP.',
};
