import { readdirSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { isNetworkPath } from '../../../drivers/kit/index.ts';
import { parseUsbPath } from '../usb/usb-path.ts';
import { nodeBehind } from './configured-ports.ts';
import { watchFolders } from './folder-watch.ts';
import { startUdevMonitor } from './udev-monitor.ts';

/** What no watch reports is seen by a check this often (contract section 3). */
const CHECK_MS = 1_000;
/** Where nothing tells of changes, the system's list is asked this often. */
const POLL_MS = 2_000;
/** A hub tells of each of its devices: what comes within this time of a look is looked at together, after it. */
const SETTLE_MS = 15;

/** What to watch, and whom to tell. */
export interface HotPlugOptions {
  /** The system's own ports too, beside the configured paths. */
  readonly discover: boolean;
  readonly configuredPaths: readonly string[];
  /** It is worth looking at the machine again. */
  readonly onChange: () => void;
  /** Whether the configured paths lead elsewhere than at the last look; cheap. */
  readonly configuredChanged: () => boolean;
  readonly log: (line: string) => void;
  readonly platform?: NodeJS.Platform;
  /** Where udevd shows that it runs; its own place but in tests. */
  readonly udevControl?: string;
  /** What tells of udev's events; `udevadm monitor` but in tests. */
  readonly udevMonitor?: readonly [string, ...string[]];
}

/** Says when devices come and go, until it is closed. Opens no device. */
export function watchHotPlug(options: HotPlugOptions): { close(): void } {
  const {
    discover,
    configuredPaths,
    onChange,
    configuredChanged,
    log,
    udevControl,
    udevMonitor,
    platform = process.platform,
  } = options;
  const localPaths = configuredPaths.filter((path) => !isNetworkPath(path) && parseUsbPath(path) === null);
  let settling: NodeJS.Timeout | null = null;
  let changedSince = false;
  let watchDev = false;
  let closed = false;

  const changed = () => {
    if (closed) return;
    if (settling !== null) {
      changedSince = true;
      return;
    }
    settling = setTimeout(() => {
      settling = null;
      if (!changedSince) return;
      changedSince = false;
      changed();
    }, SETTLE_MS);
    onChange();
    refresh();
  };
  const folders = watchFolders(changed);
  /** The folder of each path, and the folder its link leads to: a PTY vanishes there while its link stays. */
  const refresh = () => {
    const names = new Map<string, Set<string>>();
    const want = (path: string) => {
      const folder = dirname(path);
      names.set(folder, (names.get(folder) ?? new Set()).add(basename(path)));
    };
    for (const path of platform === 'win32' ? [] : localPaths) {
      want(path);
      const node = nodeBehind(path);
      if (node !== null) want(node.target);
    }
    const wanted = new Map(
      [...names].map(([folder, entries]) => [folder, (name: string) => entries.has(name)] as const),
    );
    if (watchDev) {
      const named = wanted.get('/dev');
      wanted.set('/dev', (name) => /^(tty[A-Z]|rfcomm)/.test(name) || named?.(name) === true);
      for (const folder of usbNodeFolders()) wanted.set(folder, () => true);
    }
    folders.update(wanted);
  };

  const monitor =
    discover && platform === 'linux'
      ? startUdevMonitor({
          ...(udevControl === undefined ? {} : { control: udevControl }),
          ...(udevMonitor === undefined ? {} : { command: udevMonitor }),
          onEvent({ usbInterface }) {
            // Every device tells of its interfaces; of these only a printer's is opened as such.
            if (usbInterface === null || usbInterface.startsWith('7/1/')) changed();
          },
          onListening() {
            watchDev = false;
            changed();
          },
          onDown(why) {
            if (watchDev) return;
            watchDev = true;
            log(`No word from udev (${why}): the device folder is watched instead.`);
            refresh();
            changed();
          },
        })
      : null;
  refresh();
  const check = setInterval(() => {
    monitor?.check();
    refresh();
    if (configuredChanged()) changed();
  }, CHECK_MS);
  const asksTheSystem = platform !== 'linux' && (discover || platform === 'win32');
  const poll = asksTheSystem ? setInterval(onChange, POLL_MS) : null;
  check.unref();
  poll?.unref();
  return {
    close() {
      closed = true;
      clearInterval(check);
      if (poll !== null) clearInterval(poll);
      if (settling !== null) clearTimeout(settling);
      folders.close();
      monitor?.close();
    },
  };
}

/** Where the kernel makes a node for each USB device, and its printer driver one for each printer. */
function usbNodeFolders(): readonly string[] {
  try {
    return ['/dev/usb', ...readdirSync('/dev/bus/usb').map((bus) => join('/dev/bus/usb', bus))];
  } catch {
    return [];
  }
}
