import { spawn } from 'node:child_process';
import { realpathSync } from 'node:fs';
import type { FoundSettings } from './line-settings.ts';

/** How long the system's own tool may take; without its answer the port is used as it is. */
const DEADLINE_MS = 2_000;

/** What of an open port says how it is set. */
export interface ReadablePort {
  /** Null where the port is no file descriptor. */
  readonly fd: number | null;
  getBaudRate(): Promise<{ readonly baudRate: number }>;
}

/**
 * How the system has set an open port. It reports success when it took any of the settings, and a driver quietly takes
 * the nearest that its chip can do (tcsetattr(3)); so only a look afterwards tells. What can't be found out is absent.
 */
export async function readBackLine(path: string, port: ReadablePort): Promise<FoundSettings> {
  if (process.platform === 'win32' || !hasLine(path)) return {};
  const [speed, format] = await Promise.all([
    port.getBaudRate().then(
      ({ baudRate }) => ({ baud_rate: String(baudRate) }),
      () => ({}),
    ),
    // Also where what is usual was asked for: a change that was refused leaves the line as it was for another device.
    port.fd === null ? {} : readTerminal(port.fd),
  ]);
  return { ...format, ...speed };
}

/** A pseudo-terminal has no line: whatever it is set to, its bytes are bytes. */
function hasLine(path: string): boolean {
  try {
    return !realpathSync(path).startsWith('/dev/pts/');
  } catch {
    return true;
  }
}

function readTerminal(fd: number): Promise<FoundSettings> {
  return new Promise((resolve) => {
    // Not as its standard input: there libuv would make the descriptor blocking, which is the port's own, shared.
    const child = spawn('sh', ['-c', 'exec stty -a <&3'], {
      stdio: ['ignore', 'pipe', 'ignore', fd],
      env: { PATH: process.env['PATH'], LC_ALL: 'C' },
      timeout: DEADLINE_MS,
      killSignal: 'SIGKILL',
    });
    let text = '';
    child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
      text += chunk;
    });
    child.once('error', () => resolve({}));
    child.once('close', (code) => resolve(code === 0 ? parseTerminal(text) : {}));
  });
}

/** Reads what `stty -a` prints (POSIX; the names of coreutils, busybox and BSD); what is not in it is absent. */
export function parseTerminal(text: string): FoundSettings {
  const flags = new Set(text.split(/[\s;]+/));
  /** Whether a flag is set; null: not told. */
  const flag = (name: string) => (flags.has(name) ? true : flags.has(`-${name}`) ? false : null);
  const dataBits = ['5', '6', '7', '8'].find((bits) => flags.has(`cs${bits}`));
  const [parity, odd, mark, twoStops] = [flag('parenb'), flag('parodd'), flag('cmspar'), flag('cstopb')];
  const [hardware, software] = [flag('crtscts'), flag('ixon')];
  return {
    ...(dataBits === undefined ? {} : { data_bits: dataBits }),
    ...(parity === null ? {} : { parity: parityName(parity, odd === true, mark === true) }),
    ...(twoStops === null ? {} : { stop_bits: twoStops ? '2' : '1' }),
    ...(hardware === null || software === null
      ? {}
      : { flow_control: hardware ? 'rts_cts' : software ? 'xon_xoff' : 'none' }),
  };
}

function parityName(on: boolean, odd: boolean, sticky: boolean): string {
  if (!on) return 'none';
  if (sticky) return odd ? 'mark' : 'space';
  return odd ? 'odd' : 'even';
}
