import { access, constants, readFile, realpath, stat } from 'node:fs/promises';
import { userInfo } from 'node:os';
import { basename, dirname } from 'node:path';
import type { DeviceProblem } from '../device.ts';
import { readPrinterInterface } from '../usb/printer-interface.ts';
import { parseUsbPath } from '../usb/usb-path.ts';
import { readUsbFacts } from './usb-facts.ts';

/** Who asks, and the machine's groups; the process's own unless a test says otherwise. */
export interface PermissionAsker {
  readonly username: string;
  /** Group ids the process runs with. */
  readonly groups: readonly number[];
  /** The text of `/etc/group`. */
  readonly groupFile: string;
}

/** What of a device node decides who may open it. */
export interface NodeRights {
  readonly gid: number;
  /** Permission bits as in `st_mode`. */
  readonly mode: number;
}

const groupReadWrite = 0o060;

/** Why this user may not open the port, and the exact command that mends it. Never rejects. */
export async function explainPermission(path: string): Promise<DeviceProblem> {
  const place = parseUsbPath(path);
  const printer = place === null ? null : readPrinterInterface(place);
  const node = printer?.node ?? path;
  const asker: PermissionAsker = {
    username: userInfo().username,
    groups: process.getgroups?.() ?? [],
    groupFile: await readFile('/etc/group', 'utf8').catch(() => ''),
  };
  const closed = await closedFolder(node);
  if (closed !== null) {
    return denied(
      asker,
      path,
      `Let ${asker.username} into the folder ${closed}: sudo setfacl -m u:${asker.username}:x ${closed}`,
    );
  }
  const rights = await stat(node).catch(() => null);
  if (rights === null) {
    return {
      reason: 'device_unplugged',
      message: `There is no ${path} at the moment.`,
      hint: 'Plug the device in again, or mend the path in the configuration.',
    };
  }
  const target = await realpath(node).catch(() => node);
  const usb = printer ?? (target.startsWith('/dev/hidraw') ? await usbIdsOf(target) : null);
  return explainRights(path, target, rights, asker, usb);
}

/** What the rule for a node has to name whose number is another after each plug-in. */
export interface UsbIds {
  readonly vendorId: string;
  readonly productId: string;
}

async function usbIdsOf(node: string): Promise<UsbIds | null> {
  const device = await realpath(`/sys/class/hidraw/${basename(node)}/device`).catch(() => null);
  const facts = device === null ? null : readUsbFacts(device);
  const { vendorId = null, productId = null } = facts ?? {};
  return vendorId === null || productId === null ? null : { vendorId, productId };
}

/** The part of {@link explainPermission} that decides: pure. */
export function explainRights(
  path: string,
  node: string,
  rights: NodeRights,
  asker: PermissionAsker,
  usb: UsbIds | null = null,
): DeviceProblem {
  const { username, groups, groupFile } = asker;
  const group = groupFile
    .split('\n')
    .map((line) => line.split(':'))
    .find((fields) => fields[2] === String(rights.gid));
  const name = group?.[0];
  const opensTheNode = (rights.mode & groupReadWrite) === groupReadWrite;
  if (process.platform !== 'linux' || name === undefined || name === 'root' || !opensTheNode) {
    const kernelName = node.replace('/dev/', '').replace(/\d+$/, '[0-9]*');
    if (kernelName.startsWith('hidraw')) return denied(asker, path, hidrawRule(username, usb));
    if (kernelName.startsWith('bus/usb') && usb !== null) return denied(asker, path, printerRule(username, usb));
    return denied(
      asker,
      path,
      `No group of yours can be given the right to it. Add a rule once: echo 'SUBSYSTEM=="tty", KERNEL=="${kernelName}", GROUP="dialout", MODE="0660"' | sudo tee /etc/udev/rules.d/61-fibric-edge-port.rules && sudo usermod -aG dialout ${username}   then plug the device in again and sign in again.`,
    );
  }
  if (groups.includes(rights.gid)) {
    return denied(
      asker,
      path,
      `${username} is in the group ${name} already: another protection (AppArmor, a container) forbids it.`,
    );
  }
  if (group?.[3]?.trim().split(',').includes(username)) {
    return denied(
      asker,
      path,
      `${username} was added to the group ${name} after signing in: sign out and in again, or restart the service.`,
    );
  }
  return denied(
    asker,
    path,
    `Run once: sudo usermod -aG ${name} ${username}   then sign out and in again, or restart the service.`,
  );
}

/**
 * The kernel gives hidraw nodes to root alone. A rule by product gives them to the agent's group and, where someone sits at
 * the machine, to them (`uaccess`, which has to be set before 73-seat-late.rules).
 */
function hidrawRule(username: string, usb: UsbIds | null): string {
  const product = usb === null ? '' : `ATTRS{idVendor}=="${usb.vendorId}", ATTRS{idProduct}=="${usb.productId}", `;
  return `HID devices belong to root until a udev rule says otherwise. ${ruleOnce(username, `SUBSYSTEM=="hidraw", ${product}`, 'hid')}`;
}

/** USB nodes belong to root, printers on most systems to the group lp. */
function printerRule(username: string, { vendorId, productId }: UsbIds): string {
  const printer = `SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ATTR{idVendor}=="${vendorId}", ATTR{idProduct}=="${productId}", `;
  return `This printer belongs to root until a udev rule says otherwise. ${ruleOnce(username, printer, 'printer')}`;
}

function ruleOnce(username: string, match: string, name: string): string {
  return `Add one once: sudo groupadd -f --system fibric-edge && echo '${match}GROUP="fibric-edge", MODE="0660", TAG+="uaccess"' | sudo tee /etc/udev/rules.d/61-fibric-edge-${name}.rules && sudo udevadm control --reload && sudo usermod -aG fibric-edge ${username}   then plug the device in again and sign in again, or restart the service.`;
}

function denied({ username }: PermissionAsker, path: string, hint: string): DeviceProblem {
  return { reason: 'permission_denied', message: `The user ${username} has no right to open ${path}.`, hint };
}

/** The outermost folder on the way that this user may not enter; null when the way is free. */
async function closedFolder(path: string): Promise<string | null> {
  const folders: string[] = [];
  for (let folder = dirname(path); folder !== dirname(folder); folder = dirname(folder)) folders.unshift(folder);
  for (const folder of folders) {
    const isOpen = await access(folder, constants.X_OK).then(
      () => true,
      (error: NodeJS.ErrnoException) => error.code !== 'EACCES',
    );
    if (!isOpen) return folder;
  }
  return null;
}
