import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { DoctorReport } from '../api/schemas/index.ts';
import type { PortHolder, TakenAdapter } from '../hardware/index.ts';

type Check = DoctorReport['checks'][number];

/** What a person may do about a program that has a port. */
export interface Advice {
  readonly hint: string;
  readonly command: string | null;
}

/** An adapter without a port, and the program that has it, where this user may see that. */
export interface Theft {
  readonly adapter: TakenAdapter;
  readonly holder: PortHolder | null;
}

const keepModemManagerOff: Advice = {
  hint: 'ModemManager asks new ports whether they are modems. The udev rules in packaging/udev keep it off the adapters we know; plug the device in again afterwards.',
  command:
    'sudo install -m 644 packaging/udev/60-fibric-edge.rules /etc/udev/rules.d/ && sudo udevadm control --reload',
};

/** The later ones are overruled by files of the same name in the earlier ones (udev(7)). */
const ruleFolders = ['/etc/udev/rules.d', '/run/udev/rules.d', '/usr/lib/udev/rules.d', '/lib/udev/rules.d'];

/**
 * The rules by which brltty is started for adapters: `85-brltty.rules` in Ubuntu, elsewhere under other names. Debian's
 * package (6.5) has none: there it is a service that runs all the time.
 */
export async function findBrlttyRules(folders: readonly string[] = ruleFolders): Promise<readonly string[]> {
  const [own = [], ...others] = await Promise.all(
    folders.map(async (folder) => {
      const names = await readdir(folder).catch(() => []);
      return names.filter((name) => /brltty.*\.rules$/.test(name) && !/uinput|hid/.test(name));
    }),
  );
  return [...new Set(others.flat())].filter((name) => !own.includes(name)).sort();
}

/** What keeps brltty off, where no Braille display is used. */
function keepBrlttyOff(rules: readonly string[]): Advice {
  if (rules.length === 0) {
    return {
      hint: 'brltty takes common serial adapters for Braille displays. Where no Braille display is used, stop it; plug the device in again afterwards.',
      command: 'sudo systemctl mask --now brltty',
    };
  }
  // A rules file of the same name in /etc takes the place of the package's own (udev(7)).
  const masks = rules.map((name) => join('/etc/udev/rules.d', name)).map((path) => `sudo ln -s /dev/null ${path}`);
  return {
    hint: 'brltty takes common serial adapters for Braille displays. Where no Braille display is used, mask its rule and end it; plug the device in again afterwards.',
    command: [...masks, 'sudo udevadm control --reload', 'sudo pkill -x brltty'].join(' && '),
  };
}

/** What to do about the program `name` that holds a port; `hint` for those we know nothing about. */
export function advice(
  name: string,
  brlttyRules: readonly string[],
  hint = 'Close that program and it comes free here.',
): Advice {
  if (name === 'ModemManager') return keepModemManagerOff;
  if (name === 'brltty') return keepBrlttyOff(brlttyRules);
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

/** Names the adapters that were taken from the kernel and the program that has each, or says that brltty might take some. Null where neither. */
export function brlttyCheck(
  thefts: readonly Theft[],
  isInstalled: boolean,
  rules: readonly string[],
  platform: NodeJS.Platform,
): Check | null {
  const id = 'brltty';
  if (thefts.length > 0) {
    const names = thefts.map(({ adapter: { product, id: product_id, place }, holder }) => {
      const by = holder === null ? 'a program that this user may not see' : `${holder.name} (process ${holder.pid})`;
      return `${product} (${product_id}, at ${place}) by ${by}`;
    });
    const message = `Taken from the kernel: ${names.join(', ')}. There is no serial port for it.`;
    const isBrltty = thefts.some(({ holder }) => (holder === null ? isInstalled : holder.name === 'brltty'));
    if (isBrltty) return { id, title: 'brltty', result: 'error', message, ...keepBrlttyOff(rules) };
    const hint = 'Close the program that uses it directly over USB, and plug it in again.';
    return { id, title: 'Adapters without a port', result: 'error', message, hint, command: null };
  }
  if (platform !== 'linux' || !isInstalled) return null;
  const message = 'brltty is installed. It may take USB serial adapters away when they are plugged in.';
  return { id, title: 'brltty', result: 'attention', message, ...keepBrlttyOff(rules) };
}
