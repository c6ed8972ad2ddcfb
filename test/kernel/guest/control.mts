/**
 * Runs in the guest, alone, with nothing but Node: does what the tests on the host ask over one TCP connection, a JSON
 * line a request, and plugs in every USB device that connects to it.
 */
import { spawn } from 'node:child_process';
import { chmodSync, mkdirSync, openSync, readFileSync, writeFileSync } from 'node:fs';
import { connect, createServer, type Socket } from 'node:net';
import { dirname } from 'node:path';
import { createInterface } from 'node:readline';
import { setTimeout as pause } from 'node:timers/promises';

interface RunRequest {
  readonly argv: readonly [string, ...string[]];
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs?: number;
}
type Request =
  /** Runs a program to its end. */
  | ({ readonly do: 'run' } & RunRequest)
  /** Starts a program that goes on; what it writes goes to `log`. */
  | ({ readonly do: 'start'; readonly log: string } & RunRequest)
  | { readonly do: 'kill'; readonly pid: number; readonly signal: NodeJS.Signals }
  | { readonly do: 'write'; readonly path: string; readonly text: string; readonly mode: number }
  | { readonly do: 'read'; readonly path: string }
  /** Connects a port that the host reaches with a port or socket of this machine alone. */
  | { readonly do: 'forward'; readonly port: number; readonly to: number | string }
  /** Answers when what the host plugged in from this port of its own is in a socket; or out of it, and the socket free. */
  | { readonly do: 'plugged' | 'unplugged'; readonly from: number };

const CONTROL_PORT = 9000;
const USB_PORT = 9001;
const OUTSIDE = '10.0.2.15';
/** Nobody asks any more: the tests have ended without ending us. */
const ABANDONED_MS = 180_000;
/** Speed 2 of `enum usb_device_speed`: full speed. */
const FULL_SPEED = 2;
const vhci = '/sys/devices/platform/vhci_hcd.0';
/** VDEV_ST_NULL of `enum usbip_device_status`, as `status` prints it. */
const FREE = '004';
const USB_DEADLINE_MS = 20_000;
const USB_LOOK_MS = 5;

const running = new Map<number, { exit: Promise<number | null> }>();
const servers = new Map<number, ReturnType<typeof createServer>>();

function run({ argv, env, timeoutMs = 60_000 }: RunRequest): Promise<unknown> {
  const [command, ...args] = argv;
  // A group of its own, so that what it started ends with it.
  const child = spawn(command, args, {
    env: { ...process.env, ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
    detached: true,
  });
  const timer = setTimeout(() => child.pid !== undefined && process.kill(-child.pid, 'SIGKILL'), timeoutMs);
  let [stdout, stderr] = ['', ''];
  child.stdout.on('data', (chunk) => (stdout += String(chunk)));
  child.stderr.on('data', (chunk) => (stderr += String(chunk)));
  return new Promise((resolve) => {
    child.once('error', (error) => resolve({ code: null, stdout, stderr: `${error.message}\n` }));
    child.once('close', (code) => {
      clearTimeout(timer);
      resolve({ code, stdout, stderr });
    });
  });
}

function start({ argv, env, log }: RunRequest & { readonly log: string }): unknown {
  const [command, ...args] = argv;
  const output = openSync(log, 'a');
  const child = spawn(command, args, { env: { ...process.env, ...env }, stdio: ['ignore', output, output] });
  const exit = new Promise<number | null>((resolve) => {
    child.once('exit', (code) => resolve(code));
    child.once('error', () => resolve(null));
  });
  if (child.pid === undefined) throw new Error(`${command} did not start`);
  running.set(child.pid, { exit });
  return { pid: child.pid };
}

async function kill(pid: number, signal: NodeJS.Signals): Promise<unknown> {
  process.kill(pid, signal);
  const code = await running.get(pid)?.exit;
  running.delete(pid);
  return { code: code ?? null };
}

/** Both ends live and die together. */
function join(left: Socket, right: Socket): void {
  for (const [one, other] of [
    [left, right],
    [right, left],
  ] as const) {
    one.on('error', () => other.destroy());
    one.on('close', () => other.destroy());
    one.pipe(other);
  }
}

function forward(port: number, to: number | string): Promise<unknown> {
  servers.get(port)?.close();
  const server = createServer((outer) => {
    outer.setNoDelay(true);
    join(outer, typeof to === 'number' ? connect(to, '127.0.0.1') : connect(to));
  });
  servers.set(port, server);
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen(port, OUTSIDE, () => resolve({}));
  });
}

function write(path: string, text: string, mode: number): unknown {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
  chmodSync(path, mode);
  return {};
}

interface Plugged {
  /** Its socket: a port of the virtual host controller. */
  readonly usbPort: number;
  /** Another one has it since. */
  out: boolean;
}
/** What was plugged in, by the host's port that it came from. */
const plugged = new Map<number, Plugged>();

function usbPorts(): readonly { readonly usbPort: number; readonly isFree: boolean }[] {
  return readFileSync(`${vhci}/status`, 'utf8')
    .split('\n')
    .map((row) => row.trim().split(/\s+/))
    .filter(([hub]) => hub === 'hs')
    .map(([, port, state]) => ({ usbPort: Number(port), isFree: state === FREE }));
}

/** The kernel frees a socket some time after the connection behind it has ended. */
function isOut(from: number): boolean {
  const device = plugged.get(from);
  if (device === undefined) return false;
  return device.out || usbPorts().some(({ usbPort, isFree }) => usbPort === device.usbPort && isFree);
}

async function until(what: string, isSo: () => boolean): Promise<void> {
  for (const end = performance.now() + USB_DEADLINE_MS; !isSo(); await pause(USB_LOOK_MS))
    if (performance.now() > end) throw new Error(`not ${what} within ${USB_DEADLINE_MS} ms`);
}

async function answer(request: Request): Promise<unknown> {
  switch (request.do) {
    case 'run':
      return run(request);
    case 'start':
      return start(request);
    case 'kill':
      return kill(request.pid, request.signal);
    case 'write':
      return write(request.path, request.text, request.mode);
    case 'read':
      return { text: readFileSync(request.path, 'utf8') };
    case 'forward':
      return forward(request.port, request.to);
    case 'plugged':
      await until('plugged in', () => plugged.has(request.from));
      return {};
    case 'unplugged':
      await until('out of its socket', () => isOut(request.from));
      // The host may give the number to another connection.
      plugged.delete(request.from);
      return {};
  }
}

let devices = 0;
/** The kernel takes the connection over as a USB device: connecting plugs it in, closing unplugs it. */
createServer({ pauseOnConnect: true }, (socket) => {
  const handle: { readonly fd: number; close(): void } = Reflect.get(socket, '_handle');
  const from = socket.remotePort;
  devices += 1;
  try {
    const usbPort = usbPorts().find(({ isFree }) => isFree)?.usbPort;
    if (usbPort === undefined) throw new Error('no free USB port');
    writeFileSync(`${vhci}/attach`, `${usbPort} ${handle.fd} ${(1 << 16) | (devices & 0xffff)} ${FULL_SPEED}`);
    for (const before of plugged.values()) before.out ||= before.usbPort === usbPort;
    if (from !== undefined) plugged.set(from, { usbPort, out: false });
    handle.close();
  } catch (error) {
    process.stdout.write(`a USB device could not be plugged in: ${error}\n`);
    socket.destroy();
  }
}).listen(USB_PORT, OUTSIDE);

let abandoned = setTimeout(() => process.exit(), ABANDONED_MS);
let clients = 0;
createServer((socket) => {
  clients += 1;
  clearTimeout(abandoned);
  socket.setNoDelay(true);
  socket.on('error', () => socket.destroy());
  socket.on('close', () => {
    clients -= 1;
    clearTimeout(abandoned);
    // Who tried several times to connect drops all connections but one.
    if (clients === 0) abandoned = setTimeout(() => process.exit(), ABANDONED_MS);
  });
  createInterface({ input: socket }).on('line', (text) => {
    const { id, ...request }: { id: number } & Request = JSON.parse(text);
    answer(request as Request).then(
      (result) => socket.write(`${JSON.stringify({ id, result })}\n`),
      (error) => socket.write(`${JSON.stringify({ id, error: String(error) })}\n`),
    );
  });
}).listen(CONTROL_PORT, OUTSIDE, () => process.stdout.write('the guest is ready\n'));
