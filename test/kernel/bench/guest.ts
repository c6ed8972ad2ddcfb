import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectControl, type GuestControl } from './control-client.ts';
import { prepareImage } from './image.ts';
import { fromKeptBoot, keepBoot, keptBootOf } from './kept-boot.ts';
import { connectQmp, type Qmp } from './qmp.ts';

const BOOT_DEADLINE_MS = 180_000;
const END_DEADLINE_MS = 5_000;
const CONTROL_PORT = 9000;
const USB_PORT = 9001;
const SOCKET_PORT = 9002;

/** A booted guest: a real kernel with a USB controller whose sockets are ours. */
export interface Guest {
  readonly control: GuestControl;
  readonly qmp: Qmp;
  /** Its scratch folder on the host. */
  readonly folder: string;
  /** On the host and in the guest alike, so that the Host header of a request is the agent's own. */
  readonly httpPort: number;
  /** Host port: whoever connects is plugged in as a USB device (USB/IP). */
  readonly usbPort: number;
  /** Host port that {@link socketInGuest} forwards from. */
  readonly socketPort: number;
  /** From the start of QEMU to the first answer. */
  readonly bootedInMs: number;
  /** What the kernel and the first process said. */
  console(): string;
  /** Ends it; resolves when its process is gone. Idempotent. */
  end(): Promise<void>;
  /** Ends it as the power going would, its memory with it; resolves when its process is gone. Idempotent. */
  cutPower(): Promise<void>;
}

/** What a guest may have beside the usual. */
export interface GuestOptions {
  /** Socket of a network block device server: its disk, `/dev/vda`, with sectors of 4 KiB and a write cache. */
  readonly diskSocket?: string;
}

/** The guest's port behind {@link Guest.socketPort}. */
export const socketInGuest = SOCKET_PORT;

/** Boots a guest that reaches nothing but this machine's forwarded ports. */
export async function bootGuest({ diskSocket }: GuestOptions = {}): Promise<Guest> {
  const image = prepareImage();
  // A machine with a disk is another machine, and boots by itself.
  const kept = diskSocket === undefined ? keptBootOf(image.initrd) : null;
  const begins = kept !== null && existsSync(kept);
  const folder = mkdtempSync(join(tmpdir(), 'edge-guest-'));
  const [httpPort, usbPort, socketPort, controlPort] = await freePorts();
  const consoleFile = join(folder, 'console.log');
  const qmpFile = join(folder, 'qmp.sock');
  const forwards = [
    [controlPort, CONTROL_PORT],
    [usbPort, USB_PORT],
    [socketPort, SOCKET_PORT],
    [httpPort, httpPort],
  ].map(([host, guest]) => `hostfwd=tcp:127.0.0.1:${host}-:${guest}`);
  const startedAt = performance.now();
  const qemu = spawn(
    'setpriv',
    [
      // Whatever ends the tests ends it: also what leaves them no time to.
      ...['--pdeathsig', 'KILL', '--', 'qemu-system-x86_64'],
      // Never KVM: where it opens and does not work, the processor spins for ever.
      ...['-accel', 'tcg,thread=multi', '-cpu', 'max', '-smp', '2', '-m', '1024', '-machine', 'q35'],
      ...['-nodefaults', '-no-user-config', '-no-reboot', '-display', 'none', '-vga', 'none'],
      ...['-kernel', image.kernel, '-initrd', image.initrd, '-append', kernelArguments],
      ...['-chardev', `file,id=console,path=${consoleFile}`, '-serial', 'chardev:console'],
      ...[
        '-netdev',
        ['user,id=net,restrict=on', ...forwards].join(','),
        '-device',
        'virtio-net-pci,netdev=net,romfile=',
      ],
      ...['-device', 'qemu-xhci,id=xhci,p2=15,p3=15', '-qmp', `unix:${qmpFile},server=on,wait=off`],
      ...(diskSocket === undefined ? [] : diskArguments(diskSocket)),
      ...(begins ? fromKeptBoot(kept) : []),
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let complaints = '';
  qemu.stderr.on('data', (chunk) => {
    complaints += String(chunk);
  });
  const console = () => (existsSync(consoleFile) ? readFileSync(consoleFile, 'utf8') : '');
  const exited = once(qemu, 'exit');
  const onExit = () => qemu.kill('SIGKILL');
  process.once('exit', onExit);
  const endBy = (signal: NodeJS.Signals) => async () => {
    await endProcess(qemu, exited, signal);
    process.off('exit', onExit);
    rmSync(folder, { recursive: true, force: true });
  };
  const [end, cutPower] = [onceOnly(endBy('SIGTERM')), onceOnly(endBy('SIGKILL'))];
  try {
    const gone = exited.then(() => Promise.reject(new Error(`QEMU ended: ${complaints.trim()}`)));
    const reach = () => Promise.race([connectControl(controlPort, BOOT_DEADLINE_MS), gone]);
    let control = await reach();
    const bootedInMs = performance.now() - startedAt;
    const qmp = await connectQmp(qmpFile);
    if (begins) await control.must('date', '-s', `@${Math.round(Date.now() / 1000)}`);
    else if (kept !== null) {
      control.close();
      await keepBoot(qmp, kept);
      control = await reach();
    }
    return {
      ...{ control, qmp, folder, httpPort, usbPort, socketPort, bootedInMs, console },
      end: () => {
        control.close();
        qmp.close();
        return end();
      },
      async cutPower() {
        // Before anything else: whatever comes first is what it still does.
        const ended = cutPower();
        control.close();
        qmp.close();
        await ended;
      },
    };
  } catch (error) {
    const said = console().slice(-2_000);
    await end();
    throw new Error(`the guest did not come up: ${error instanceof Error ? error.message : error}\n${said}`);
  }
}

const kernelArguments = [
  ...['console=ttyS0', 'quiet', 'loglevel=3', 'panic=-1', 'mitigations=off', 'nokaslr'],
  ...['tsc=reliable', 'random.trust_cpu=on', 'rdinit=/init'],
].join(' ');

function diskArguments(socket: string): readonly string[] {
  const backend = { driver: 'nbd', 'node-name': 'disk', server: { type: 'unix', path: socket } };
  const sectors = 'logical_block_size=4096,physical_block_size=4096';
  return ['-blockdev', JSON.stringify(backend), '-device', `virtio-blk-pci,drive=disk,write-cache=on,${sectors}`];
}

async function endProcess(qemu: ChildProcess, exited: Promise<unknown>, signal: NodeJS.Signals): Promise<void> {
  if (qemu.exitCode !== null || qemu.signalCode !== null) return;
  qemu.kill(signal);
  const timer = setTimeout(() => qemu.kill('SIGKILL'), END_DEADLINE_MS);
  await exited.catch(() => {});
  clearTimeout(timer);
}

function onceOnly(work: () => Promise<void>): () => Promise<void> {
  let running: Promise<void> | null = null;
  return () => {
    running ??= work();
    return running;
  };
}

async function freePorts(): Promise<[number, number, number, number]> {
  const servers = await Promise.all([freePort(), freePort(), freePort(), freePort()]);
  await Promise.all(servers.map(({ close }) => new Promise<void>((done) => close(done))));
  const [http = 0, usb = 0, socket = 0, control = 0] = servers.map((server) => server.port);
  return [http, usb, socket, control];
}

function freePort(): Promise<{ port: number; close(done: () => void): void }> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      const port = typeof address === 'object' && address !== null ? address.port : 0;
      resolve({ port, close: (done) => server.close(done) });
    });
  });
}
