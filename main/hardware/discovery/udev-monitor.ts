import { spawn } from 'node:child_process';
import { existsSync } from 'node:fs';
import { endsWithUs } from './ends-with-us.ts';

/** One message of `udevadm monitor --udev --property`. */
export interface UdevEvent {
  readonly action: string;
  /** The device node, `/dev/ttyUSB0`. */
  readonly node: string | null;
  /** Of a USB interface: class, subclass and protocol, `7/1/2`. */
  readonly usbInterface: string | null;
}

/** Reads the monitor's output, split anywhere: blocks of `KEY=value` lines that end with an empty line (udevadm(8)). */
export function createUdevParser(): (chunk: string) => readonly UdevEvent[] {
  let rest = '';
  let properties = new Map<string, string>();
  return (chunk) => {
    const lines = (rest + chunk).split('\n');
    rest = lines.pop() ?? '';
    const events: UdevEvent[] = [];
    for (const line of lines) {
      const at = line.indexOf('=');
      if (at > 0 && /^[A-Z0-9_.]+$/.test(line.slice(0, at))) properties.set(line.slice(0, at), line.slice(at + 1));
      if (line.trim() !== '') continue;
      const action = properties.get('ACTION');
      const node = properties.get('DEVNAME') ?? null;
      if (action !== undefined) events.push({ action, node, usbInterface: properties.get('INTERFACE') ?? null });
      properties = new Map();
    }
    return events;
  };
}

/** Without udevd the monitor runs and stays silent for ever. */
const udevControl = '/run/udev/control';
const monitorCommand = endsWithUs([
  'udevadm',
  'monitor',
  '--udev',
  '--property',
  '--subsystem-match=tty',
  '--subsystem-match=hidraw',
  '--subsystem-match=usb/usb_interface',
]);
/** Printed once the monitor's socket is bound: nothing after this line is missed (udevadm-monitor.c). */
const listeningLine = /^UDEV - the event which udev sends/m;
const FIRST_RETRY_MS = 1_000;
const LAST_RETRY_MS = 60_000;
/** A child that ran this long was well. */
const WELL_AFTER_MS = 10_000;

/** What a monitor tells. */
export interface UdevMonitorOptions {
  readonly onEvent: (event: UdevEvent) => void;
  /** From now on every event is told; what happened before has to be looked for. Called at each start. */
  readonly onListening: () => void;
  /** There is no (more) monitor for now: watch by other means. Called at each failure. */
  readonly onDown: (why: string) => void;
  /** Other than udev's own only in tests. */
  readonly command?: readonly [string, ...string[]];
  readonly control?: string;
}

/** A supervised `udevadm monitor`. */
export interface UdevMonitor {
  /** Ends a monitor that can't hear anything any more, because udevd has gone. Cheap: called every second. */
  check(): void;
  close(): void;
}

/** Runs one `udevadm monitor` and starts it again, later each time, when it ends; until it is closed. */
export function startUdevMonitor(options: UdevMonitorOptions): UdevMonitor {
  const { onEvent, onListening, onDown, command = monitorCommand, control = udevControl } = options;
  let retryMs = FIRST_RETRY_MS;
  let retry: NodeJS.Timeout | null = null;
  let running: { end(why: string): void } | null = null;
  let closed = false;

  const failed = (why: string) => {
    running = null;
    if (closed) return;
    onDown(why);
    retry = setTimeout(run, retryMs);
    retry.unref();
    retryMs = Math.min(retryMs * 2, LAST_RETRY_MS);
  };
  const run = () => {
    retry = null;
    if (!existsSync(control)) {
      failed('udevd does not run');
      return;
    }
    const parse = createUdevParser();
    const [program, ...args] = command;
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'ignore'] });
    const well = setTimeout(() => {
      retryMs = FIRST_RETRY_MS;
    }, WELL_AFTER_MS);
    well.unref();
    let heading: string | null = '';
    let ended = false;
    const end = (why: string) => {
      if (ended) return;
      ended = true;
      clearTimeout(well);
      child.kill('SIGTERM');
      failed(why);
    };
    child.stdout.setEncoding('utf8');
    child.stdout.on('data', (chunk: string) => {
      if (ended) return;
      if (heading !== null) {
        heading += chunk;
        if (listeningLine.test(heading)) {
          heading = null;
          onListening();
        }
      }
      for (const event of parse(chunk)) onEvent(event);
    });
    child.once('error', (error) => end(`udevadm can't run: ${error.message}`));
    child.once('exit', (code, signal) => end(`udevadm ended (${code ?? signal})`));
    running = { end };
  };

  run();
  return {
    check() {
      if (running !== null && !existsSync(control)) running.end('udevd has ended');
    },
    close() {
      closed = true;
      if (retry !== null) clearTimeout(retry);
      running?.end('closed');
    },
  };
}
