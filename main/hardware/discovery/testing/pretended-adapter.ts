/** Where an adapter is, and what it says of itself. */
export interface AdapterPlace {
  /** Sockets from the controller on: `1`, or `5.2` behind a hub at `5`. */
  readonly socket: string;
  /** `ttyUSB0`. */
  readonly name: string;
  readonly serial?: string;
  /** Number of the interface that the port belongs to. */
  readonly part?: string;
}

/** One device of the kernel's, as umockdev(1) describes it. */
interface KernelDevice {
  readonly path: string;
  readonly lines: readonly string[];
}

const controller = '/devices/pci0000:00/0000:00:14.0';

/** What an adapter with its port is to the kernel, each after what it hangs on: controller, hubs, unit, interface, port. */
function devicesOf({ socket, name, serial, part = '0' }: AdapterPlace, minor: number): readonly KernelDevice[] {
  const sockets = socket.split('.');
  const units = sockets.map((_, index) => `1-${sockets.slice(0, index + 1).join('.')}`);
  const folders = units.map((_, index) => [`${controller}/usb1`, ...units.slice(0, index + 1)].join('/'));
  const usb = (path: string, vendor: string, product: string, more: readonly string[] = []): KernelDevice => ({
    path,
    lines: [
      ...['E: SUBSYSTEM=usb', 'E: DEVTYPE=usb_device', `A: idVendor=${vendor}\\n`, `A: idProduct=${product}\\n`],
      ...more,
    ],
  });
  const unit = folders.at(-1) ?? '';
  const part0 = `${unit}/${units.at(-1)}:1.${part}`;
  return [
    { path: controller, lines: ['E: SUBSYSTEM=pci'] },
    usb(`${controller}/usb1`, '1d6b', '0002'),
    ...folders.slice(0, -1).map((folder) => usb(folder, '0409', '55aa')),
    usb(unit, '0403', '6001', serial === undefined ? [] : [`A: serial=${serial}\\n`]),
    {
      path: part0,
      lines: ['E: SUBSYSTEM=usb', 'E: DEVTYPE=usb_interface', `A: bInterfaceNumber=0${part}\\n`],
    },
    { path: `${part0}/${name}`, lines: ['E: SUBSYSTEM=usb-serial', 'A: port_number=0\\n'] },
    {
      path: `${part0}/${name}/tty/${name}`,
      lines: [
        // Without a node of umockdev's: it can't make one a second time.
        ...['E: SUBSYSTEM=tty', `E: DEVNAME=/dev/${name}`],
        ...[`A: dev=188:${minor}\\n`, `L: device=../../../${name}`],
      ],
    },
  ];
}

/** Which devices of the kernel's come and go with adapters that are plugged in and out. */
export function createPretendedUsb() {
  const there = new Map<string, AdapterPlace>();
  const present = new Set<string>();
  // umockdev takes no number a second time.
  let minor = 0;
  return {
    /** What is new, as umockdev(1) describes it. */
    plug(places: readonly AdapterPlace[]): string {
      const added = places.flatMap((place) => {
        there.set(place.name, place);
        minor += 1;
        return devicesOf(place, minor).filter(({ path }) => {
          const isNew = !present.has(path);
          present.add(path);
          return isNew;
        });
      });
      return added.map(({ path, lines }) => [`P: ${path}`, ...lines, '', ''].join('\n')).join('');
    },
    /** What is gone, below `/sys`, each before what it hung on. */
    unplug(places: readonly AdapterPlace[]): readonly string[] {
      for (const { name } of places) there.delete(name);
      const left = new Set([...there.values()].flatMap((place) => devicesOf(place, 0).map(({ path }) => path)));
      const always = new Set([controller, `${controller}/usb1`]);
      const gone = [...present].filter((path) => !left.has(path) && !always.has(path));
      for (const path of gone) present.delete(path);
      return gone.sort((one, other) => other.length - one.length).map((path) => `/sys${path}`);
    },
  };
}
