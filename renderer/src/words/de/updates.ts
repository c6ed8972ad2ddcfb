import type { Translated } from '../catalogue.ts';
import type { updates as source } from '../en/updates.ts';

export const updates: Translated<typeof source> = {
  agent_package:
    'Wurde der Agent als Debian-Paket installiert, kommt ein neuerer mit apt. Er wartet auf Aktionen, die offen sind:',
  program: 'Desktop-Programm {version}',
  way_package_manager: 'Updates kommen über die Paketverwaltung dieses Computers. So geht es:',
  way_self: 'Dieses Programm sucht selbst nach neueren Versionen und nimmt nur solche, die unterschrieben sind.',
  way_by_hand:
    'Dieses Programm sucht nirgends nach Updates. Installieren Sie eine neuere Version so, wie diese installiert wurde; Geräte und Einstellungen bleiben.',
  mode_automatic:
    'Eine neuere Version wird von selbst installiert, wenn niemand auf dieses Fenster sieht und keine Aktion offen ist.',
  mode_ask: 'Eine neuere Version wird geholt, und installiert, wenn Sie es sagen.',
  mode_off: 'Es sucht nur, wenn Sie es verlangen.',
  idle: 'Eine neuere Version ist nicht bekannt.',
  looking: 'Es wird gesucht…',
  fetching: 'Version {version} wird geholt: {percent} %',
  ready: 'Version {version} ist bereit.',
  restart: 'Version {version} ist installiert. Sie läuft ab dem nächsten Start.',
  installing: 'Version {version} wird eingesetzt…',
  proving: 'Version {version} läuft zum ersten Mal: Ihr Agent wird erwartet.',
  hold_actions:
    'Sie wartet, denn sie darf nicht mitten in eine Aktion kommen: {acting} laufen, {waiting} warten auf Freigabe, {doubtful} ohne bekannten Ausgang.',
  hold_agent: 'Kein Agent kann sagen, ob eine Aktion offen ist.',
  lookedAt: 'Gesucht um {time}.',
  look: 'Nach Updates suchen',
  update: 'Auf {version} aktualisieren…',
  restartNow: 'In {version} neu starten…',
  putBack: 'Zurück zu {version}…',
  result_updated: 'Aktualisiert von {from} auf {to}.',
  result_not_taken: 'Das Update auf {to} kam nicht an: Das ist noch {from}.',
  result_agent_down: 'Nach dem Update von {from} auf {to} kam der Agent nicht hoch.',
  result_put_back: 'Version {to} ist wieder da: {from} lief hier nicht.',
};
