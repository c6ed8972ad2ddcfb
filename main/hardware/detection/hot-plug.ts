import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, type FSWatcher, watch } from 'node:fs';
import { basename, dirname } from 'node:path';

/** A configured path may change in ways that no watch reports (a link in a folder that is made anew). */
const CHECK_MS = 1_000;
/** A hub with several devices tells of each; one look is enough for all. */
const SETTLE_MS = 20;

/** Says when it is worth looking at the machine again. */
export interface HotPlugOptions {
  readonly discover: boolean;
  readonly configuredPaths: readonly string[];
  readonly onChange: () => void;
  /** A cheap check each second, for the configured paths only. */
  readonly onTick: () => void;
  readonly log: (line: string) => void;
}

/** Watches for devices that come and go until it is closed. */
export function watchHotPlug(options: HotPlugOptions): { close(): void } {
  const { discover, configuredPaths, onChange, onTick, log } = options;
  const watchers = new Map<string, FSWatcher>();
  let monitor: ChildProcess | null = null;
  let settling: NodeJS.Timeout | null = null;
  let closed = false;

  const changed = () => {
    settling ??= setTimeout(() => {
      settling = null;
      onChange();
    }, SETTLE_MS);
  };
  const watchFolder = (folder: string, matters: (name: string) => boolean) => {
    if (watchers.has(folder) || !existsSync(folder)) return;
    try {
      const watcher = watch(folder, (_event, name) => (name === null || matters(name)) && changed());
      watcher.on('error', () => {
        watcher.close();
        watchers.delete(folder);
      });
      watchers.set(folder, watcher);
    } catch (error) {
      log(`${folder} can't be watched (${String(error)}); it is checked each second`);
    }
  };
  const watchDevices = () => watchFolder('/dev', (name) => /^(tty[A-Z]|rfcomm)/.test(name));
  const watchConfigured = () => {
    for (const path of configuredPaths)
      watchFolder(dirname(path), (name) => configuredPaths.some((each) => basename(each) === name));
  };

  const startMonitor = () => {
    // Without udevd `udevadm monitor` is silent for ever, so its control socket has to be there.
    if (process.platform !== 'linux' || !existsSync('/run/udev/control')) {
      watchDevices();
      return;
    }
    monitor = spawn('udevadm', ['monitor', '--udev', '--property', '--subsystem-match=tty'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    monitor.stdout?.on('data', changed);
    const fallBack = () => {
      if (closed || monitor === null) return;
      monitor = null;
      log('udevadm monitor ended; the device folder is watched instead');
      watchDevices();
      changed();
    };
    monitor.once('error', fallBack);
    monitor.once('exit', fallBack);
  };

  if (discover) startMonitor();
  watchConfigured();
  const ticker = setInterval(() => {
    watchConfigured();
    onTick();
  }, CHECK_MS);
  ticker.unref();
  return {
    close() {
      if (closed) return;
      closed = true;
      clearInterval(ticker);
      if (settling !== null) clearTimeout(settling);
      for (const watcher of watchers.values()) watcher.close();
      const child = monitor;
      monitor = null;
      child?.kill('SIGTERM');
    },
  };
}
