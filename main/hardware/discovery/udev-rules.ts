import { type Driver, type Fingerprint, linksOf } from '../../../drivers/kit/index.ts';
import { sharedBridges } from './bridges.table.ts';

/**
 * The udev rules for the adapters and products that drivers know, on whatever link they know them. What is opened of them
 * (serial port, hidraw node, and of printers the USB node itself) belongs to the group `fibric-edge`, and to whoever is
 * signed in at the machine (`uaccess`). ModemManager leaves their ports alone: `ID_MM_DEVICE_IGNORE` holds under each of
 * its filter policies, for the whole device; `ID_MM_PORT_IGNORE` for the port (ModemManager reference, "Common udev
 * tags"). Between 50, where the system gives ports to `dialout` and printers to `lp`, 73, where it reads `uaccess`, and
 * 80, where ModemManager reads its tags.
 */
export function udevRules(drivers: readonly Pick<Driver, 'fingerprints' | 'links'>[]): string {
  const products = new Map(sharedBridges);
  for (const { vendorId, productId, label, on } of drivers.flatMap((driver) => driver.fingerprints)) {
    if (on === 'hid') continue;
    const id = `${vendorId}:${productId}`;
    if (vendorId !== undefined && productId !== undefined && !products.has(id)) products.set(id, label);
  }
  const rules = [...products]
    .filter(([id]) => id !== 'ffff:ffff')
    .sort(([left], [right]) => left.localeCompare(right))
    .map(([id, label]) => {
      const [vendor, product] = id.split(':');
      return `# ${label}\nATTRS{idVendor}=="${vendor}", ATTRS{idProduct}=="${product}", ENV{FIBRIC_EDGE}="1"`;
    });
  return `${head}\n${rules.join('\n')}\n\n${hidRules(drivers).join('\n')}\n\n${tail}\n`;
}

/** A HID interface is told by ids, or by a vendor who makes nothing else, and where the ids are shared by names too. */
function hidRules(drivers: readonly Pick<Driver, 'fingerprints' | 'links'>[]): readonly string[] {
  const marks = drivers
    .filter((driver) => linksOf(driver).includes('hid'))
    .flatMap(({ fingerprints }) => fingerprints)
    .filter(({ on, vendorId }) => on === 'hid' && vendorId !== undefined);
  return marks
    .map((mark) => ({ mark, rule: hidRule(mark) }))
    .sort((left, right) => left.rule.localeCompare(right.rule))
    .map(({ mark, rule }) => `# ${mark.label}\nSUBSYSTEM=="hidraw", ${rule}, ENV{FIBRIC_EDGE_HID}="1"`);
}

function hidRule({ vendorId, productId, manufacturer }: Fingerprint): string {
  const attributes = { idVendor: vendorId, idProduct: productId, manufacturer };
  return Object.entries(attributes)
    .flatMap(([name, value]) => (typeof value === 'string' ? [`ATTRS{${name}}=="${value}"`] : []))
    .join(', ');
}

const head = `# Fibric Edge: who may open these adapters and devices, and that ModemManager writes nothing to their ports.
# Copy to /etc/udev/rules.d/60-fibric-edge.rules, then: udevadm control --reload; plug the devices in again.
# The group: groupadd --system fibric-edge; usermod -aG fibric-edge USER. See docs/hardware-support.md.

ACTION=="remove", GOTO="fibric_edge_end"
SUBSYSTEM!="tty|usb|usbmisc|hidraw", GOTO="fibric_edge_end"
`;

const tail = `# Set before 73-seat-late.rules, which gives tagged devices to whoever sits at the machine.
SUBSYSTEM=="hidraw", ENV{FIBRIC_EDGE_HID}=="1", GROUP="fibric-edge", MODE="0660", TAG+="uaccess"
ENV{FIBRIC_EDGE}!="1", GOTO="fibric_edge_end"
ENV{ID_MM_DEVICE_IGNORE}="1"
SUBSYSTEM=="tty", ENV{ID_MM_PORT_IGNORE}="1"
SUBSYSTEM=="tty", GROUP="fibric-edge", MODE="0660", TAG+="uaccess"
# Printers (interface class 7, subclass 1) are opened as USB devices.
SUBSYSTEM=="usb", ENV{DEVTYPE}=="usb_device", ENV{ID_USB_INTERFACES}=="*:0701??:*", GROUP="fibric-edge", MODE="0660", TAG+="uaccess"
# Who may open the kernel's own node of a printer sees whether a program has it.
SUBSYSTEM=="usbmisc", KERNEL=="lp[0-9]*", GROUP="fibric-edge", MODE="0660"

LABEL="fibric_edge_end"`;
