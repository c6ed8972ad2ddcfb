import type { AddCommands } from '../cli.ts';
import { addPin } from './pin.ts';

/** `kiosk`: the screen that shows Fibric Edge and nothing else. */
export const addKiosk: AddCommands = (program, host) => {
  const kiosk = host.group(program, 'kiosk', 'the screen that shows Fibric Edge and nothing else');
  addPin(host.group(kiosk, 'pin', 'the PIN that a screen in kiosk mode is left with'), host, {
    command: 'kiosk pin',
    get: (client) => client.getKioskPin(),
    change: (client, body) => client.setKioskPin(body),
    isSet: 'A PIN is set: kiosk mode is left with it.',
    nowSet: 'The PIN is set. Kiosk mode is left with it, and with nothing else at the screen.',
    removed: 'The PIN is removed. A screen in kiosk mode can not be left before a new one is set.',
  });
};
