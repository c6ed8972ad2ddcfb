import type { Translated } from '../catalogue.ts';
import type * as source from '../en/frame.ts';

export const frame: Translated<typeof source.frame> = {
  home: 'Start',
  approvals: 'Freigaben',
  activity: 'Verlauf',
  cloud: 'Cloud',
  settings: 'Einstellungen',
  support: 'Hilfe',
  places: 'Bereiche',
  skip: 'Zum Inhalt springen',
  loading: 'Wird geladen …',
  connecting: 'Verbindung wird aufgebaut …',
  searchLabel: 'Geräte und Verbindungen suchen',
  searchHint: 'Suchen  /',
  waitForYou: { one: '{count} wartet auf Sie', other: '{count} warten auf Sie' },
  needYou: { one: '{count} braucht Sie', other: '{count} brauchen Sie' },
  working: { one: '{count} arbeitet', other: '{count} arbeiten' },
  listening: { one: '{count} hört zu', other: '{count} hören zu' },
  untried: { one: '{count} noch nicht versucht', other: '{count} noch nicht versucht' },
  noConnectors: 'Noch keine Verbindungen',
  approvalNeeded: 'Freigabe nötig: {summary}, {name}.',
  pause: 'Aktionen anhalten',
  paused: 'Aktionen angehalten',
  pausedNow: 'Aktionen sind angehalten.',
  pausedBody:
    'Aktionen angehalten. Gelesen wird weiter; verlangte Aktionen werden abgelehnt, bis Sie sie wieder zulassen.',
  notPaused: 'Aktionen sind nicht angehalten',
  resume: 'Aktionen zulassen …',
  resumeTitle: 'Aktionen wieder zulassen?',
  resumeBody:
    'Programme dürfen wieder auf Geräte wirken, so wie es je Gerät erlaubt ist. Was inzwischen abgelehnt wurde, läuft nicht von selbst.',
  resumeNow: 'Aktionen zulassen',
  resuming: 'Wird zugelassen …',
  resumed: 'Aktionen sind wieder möglich.',
  stayPaused: 'Angehalten lassen',
  lost: 'Fibric Edge antwortet seit {at} nicht mehr.',
  lostBody: 'Sie sehen den Stand von damals. Diese Seite kommt von selbst zurück.',
  tryNow: 'Jetzt versuchen',
  clockOff: 'Die Uhr dieses Browsers weicht von der des Agenten ab. Alle Zeiten hier sind die des Agenten.',
  journalLost:
    'Die Aufzeichnung früherer Aktionen ging verloren oder ist beschädigt; Aktionen sind gesperrt. Sehen Sie nach den Geräten, dann führen Sie aus:',
  notStored: 'Was geschieht, kann gerade nicht gespeichert werden; Aktionen werden abgelehnt.',
  openSupport: 'Hilfe öffnen',
  signedOut: 'Abgemeldet',
  signedOutBody: 'Öffnen Sie Fibric Edge von diesem Computer aus.',
  signedOutTray: 'Im Infobereich: Fibric Edge öffnen.',
  signedOutTerminal: 'In einem Terminal:',
  wayBack: 'Sie kommen danach auf die Seite zurück, die Sie wollten.',
  idle: 'Ihre Sitzung endet in 2 Minuten, weil sie niemand benutzt hat.',
  stay: 'Angemeldet bleiben',
  nowhere: 'Nicht auf diesem Computer',
  nowhereBody:
    'Nichts auf diesem Computer hat diese Adresse. Vielleicht wurde es entfernt oder ausgesteckt; suchen Sie oben danach.',
  toHome: 'Zum Start',
  pageFault: 'Diese Seite hat einen Fehler und kann nicht gezeigt werden. Agent und Geräte sind nicht betroffen.',
  reload: 'Seite neu laden',
};

export const keys: Translated<typeof source.keys> = {
  title: 'Tasten',
  search: 'Suchen',
  list: 'Diese Liste',
  tab: 'Zum nächsten Knopf oder Feld',
  enter: 'Öffnen oder drücken',
  escape: 'Schließen, was offen ist',
  never: 'Keine einzelne Taste wirkt auf ein Gerät oder gibt etwas frei.',
  offScanner: 'Ein Scanner hat in diese Seite getippt; einzelne Tasten sind aus, bis sie neu geladen wird.',
  offChosen: 'Einzelne Tasten sind unter Einstellungen, Anzeige ausgeschaltet.',
};

export const parts: Translated<typeof source.parts> = {
  close: 'Schließen',
  copy: 'Kopieren',
  copied: 'Kopiert',
  notCopied: 'Nicht kopiert: bitte von Hand markieren und kopieren',
  details: 'Einzelheiten',
  code: 'Code',
  agentSays: 'Der Agent sagt',
  requestId: 'Anfrage',
  asOf: 'Stand {at}',
  stable: 'ruhig',
  moving: 'in Bewegung',
  switchesOn: '{on} von {total} ein',
  numbered: '{name} {number}',
};

export const times: Translated<typeof source.times> = {
  secondsAgo: { one: 'vor {count} s', other: 'vor {count} s' },
  minutesAgo: { one: 'vor {count} min', other: 'vor {count} min' },
  hoursAgo: { one: 'vor {count} h', other: 'vor {count} h' },
  daysAgo: { one: 'vor {count} Tag', other: 'vor {count} Tagen' },
};
