import type { DoctorReport } from '../api/schemas/index.ts';
import type { TakenAdapter } from '../hardware/index.ts';

type Check = DoctorReport['checks'][number];

/** What a person may do about a program that has a port. */
export interface Advice {
  readonly hint: string;
  readonly command: string | null;
}

const keepModemManagerOff: Advice = {
  hint: 'ModemManager asks new ports whether they are modems. The udev rules in packaging/udev keep it off the adapters we know; plug the device in again afterwards.',
  command:
    'sudo install -m 644 packaging/udev/60-fibric-edge.rules /etc/udev/rules.d/ && sudo udevadm control --reload',
};
// A rules file of the same name in /etc takes the place of the package's own (udev(7)).
const keepBrlttyOff: Advice = {
  hint: 'brltty takes common serial adapters for Braille displays. Where no Braille display is used, mask its rule; plug the device in again afterwards.',
  command: 'sudo ln -s /dev/null /etc/udev/rules.d/85-brltty.rules && sudo udevadm control --reload',
};

/** What to do about the program `name` that holds a port; `hint` for those we know nothing about. */
export function advice(name: string, hint = 'Close that program and it comes free here.'): Advice {
  if (name === 'ModemManager') return keepModemManagerOff;
  if (name === 'brltty') return keepBrlttyOff;
  return { hint, command: null };
}

/** Says that ModemManager may write to new ports; null where it is not installed. */
export function modemManagerCheck(isInstalled: boolean, platform: NodeJS.Platform): Check | null {
  if (platform !== 'linux' || !isInstalled) return null;
  return {
    id: 'modem-manager',
    title: 'ModemManager',
    result: 'attention',
    message: 'ModemManager is installed. It may write to serial ports when they are plugged in.',
    ...keepModemManagerOff,
  };
}

/** Names the adapters that were taken from the kernel, most likely by brltty; or says that it might. Null where neither. */
export function brlttyCheck(
  taken: readonly TakenAdapter[],
  isInstalled: boolean,
  platform: NodeJS.Platform,
): Check | null {
  const check = { id: 'brltty', title: 'brltty', ...keepBrlttyOff } as const;
  if (taken.length > 0) {
    const names = taken.map(({ product, id, place }) => `${product} (${id}, at ${place})`).join(', ');
    const message = `${isInstalled ? 'brltty' : 'A program'} has taken from the kernel: ${names}. There is no serial port for it.`;
    if (isInstalled) return { ...check, result: 'error', message };
    const hint = 'Close the program that uses it directly over USB, and plug it in again.';
    return { ...check, title: 'Adapters without a port', result: 'error', message, hint, command: null };
  }
  if (platform !== 'linux' || !isInstalled) return null;
  return {
    ...check,
    result: 'attention',
    message: 'brltty is installed. It may take USB serial adapters away when they are plugged in.',
  };
}
