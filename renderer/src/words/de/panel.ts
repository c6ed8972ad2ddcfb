import type { Translated } from '../catalogue.ts';
import type * as source from '../en/panel.ts';

export const printer: Translated<typeof source.printer> = {
  title: 'Zustand des Druckers',
  old: 'Der Drucker antwortet zurzeit nicht. So war er zuletzt.',
  ready: 'Er kann drucken.',
  refused: 'Was inzwischen verlangt wird, wird abgelehnt und nicht aufgehoben: nichts kommt später heraus.',
};

export const printerSteps: Translated<typeof source.printerSteps> = {
  paper_out: 'Rolle einlegen und Deckel schließen.',
  paper_near_end: 'Rolle bereithalten.',
  paper_low: 'Papier bereithalten.',
  cover_open: 'Deckel schließen.',
  cutter_stuck: 'Ausschalten, Messer befreien, einschalten.',
  head_hot: 'Druckkopf abkühlen lassen; er arbeitet von selbst weiter.',
  online_no: 'Sehen Sie nach dem Drucker: er meldet, dass er nicht bereit ist.',
  ribbon_out: 'Neues Farbband einlegen.',
};

export const kiosk: Translated<typeof source.kiosk> = {
  title: 'Tafel',
  help: 'Hilfe',
  leave: 'Verlassen …',
  toHome: 'Tafel schließen',
  devices: 'Geräte und Verbindungen',
  pages: 'Seiten',
  before: 'Vorige Seite',
  after: 'Nächste Seite',
  page: '{page} von {pages}',
  approvals: { one: '{count} Freigabe wartet', other: '{count} Freigaben warten' },
  pinKeys: 'Tasten für die PIN',
  erase: 'Letzte Ziffer löschen',
  notKnown: 'Zurzeit nicht bekannt',
  helpTiles:
    'Jede Kachel ist ein Gerät. Was jemanden braucht, kommt zuerst, mit dem, was zu tun ist. Drücken Sie eine Kachel, um mehr zu sehen und das Gerät zu testen; nichts hier lässt ein Gerät von selbst etwas tun.',
  helpApprovals:
    'Wenn ein Programm einen Menschen fragen muss, zeigt es unten ein Knopf mit allem, was geschehen würde.',
  helpLeave:
    'Die Tafel wird mit ihrer PIN verlassen: drücken Sie Verlassen. Namen, Regeln und Programme werden außerhalb eingestellt.',
  helpBrowser:
    'Das ist eine Seite wie jede andere. Für einen Bildschirm, der ohne PIN nicht zu verlassen ist, benutzen Sie den Kioskmodus des Desktop-Programms (Einstellungen, Allgemein).',
};

export const desktop: Translated<typeof source.desktop> = {
  title: 'Dieses Desktop-Programm',
  agent: 'Agent',
  agentOfSystem: 'Läuft als Dienst dieses Computers',
  agentOfShell: 'Wurde von diesem Programm gestartet',
  startsItself: 'Es startet von selbst, wenn Sie sich anmelden.',
  startsNot: 'Es startet nicht von selbst.',
  autostartOn: 'Beim Anmelden starten',
  autostartOff: 'Nicht mehr von selbst starten',
  kiosk: 'Kioskmodus',
  kioskBody: 'Der ganze Bildschirm zeigt die Tafel, und nur die PIN führt hinaus.',
  kioskNoPin: 'Er braucht zuerst eine PIN. Setzen Sie sie in einem Terminal auf diesem Computer:',
  enterKiosk: 'Kioskmodus starten',
  end: 'Ende',
  endOfSystem: 'Der Agent ist ein Dienst: Geräte arbeiten weiter, wenn dieses Programm endet.',
  endOfShell: 'Der Agent endet mit diesem Programm: Geräte werden nicht mehr bedient.',
  quit: 'Beenden …',
  restart: 'Neu starten',
  restartSystem: 'Er läuft als Dienst. Starten Sie den neu: sudo systemctl restart fibric-edge',
  showLogs: 'Ordner der Protokolle öffnen',
  logs: 'Protokolle des Desktop-Programms',
  logsBody: 'Was der Agent und dieses Programm geschrieben haben, als Dateien.',
  signIn: 'Neu anmelden',
};
