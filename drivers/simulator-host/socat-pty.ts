import { spawn } from 'node:child_process';
import { lstatSync, readlinkSync, unlinkSync } from 'node:fs';
import { AgentError } from '../kit/index.ts';
import type { HostedWire } from './wire.ts';

const OPEN_TIMEOUT_MS = 5_000;
/** What socat says once the PTY and its link exist. */
const READY_NOTICE = 'starting data transfer loop';

/** One end of a PTY whose other end is a device path; closed when socat has ended and the link is gone. */
export type Pty = HostedWire;

/**
 * Makes a PTY with a link to it at `path`, by socat. What the opener of the path writes comes to `onData`. Rejects with
 * `not_supported` without socat, with `state_conflict` when something that is no link is at the path.
 */
export async function openPty(path: string, onData: (bytes: Uint8Array) => void): Promise<Pty> {
  removeLink(path);
  const child = spawn('socat', ['-d', '-d', `pty,raw,echo=0,link=${path}`, '-'], { stdio: ['pipe', 'pipe', 'pipe'] });
  const closed = new Promise<void>((resolve) => {
    child.once('close', () => {
      removeLink(path);
      resolve();
    });
  });
  const close = async () => {
    if (child.exitCode === null && child.signalCode === null) child.kill('SIGTERM');
    await closed;
  };
  child.stdin.on('error', () => {});
  child.stdout.on('data', (chunk: Buffer) => onData(new Uint8Array(chunk)));

  const ready = Promise.withResolvers<void>();
  let said = '';
  const fail = (why: string) =>
    ready.reject(
      new AgentError('not_supported', `socat could not make a PTY at ${path}: ${why}.`, {
        hint: 'Simulated devices need socat: apt-get install socat',
      }),
    );
  const timer = setTimeout(() => fail(`not ready within ${OPEN_TIMEOUT_MS} ms`), OPEN_TIMEOUT_MS);
  child.once('error', (error) => fail(error.message));
  child.once('close', (code) => fail(`it ended with code ${code}: ${said.trim()}`));
  child.stderr.on('data', (chunk: Buffer) => {
    if (said.length < 2_000) said += chunk.toString();
    if (said.includes(READY_NOTICE)) ready.resolve();
  });
  try {
    await ready.promise;
  } catch (error) {
    if (child.pid !== undefined) await close();
    throw error;
  } finally {
    clearTimeout(timer);
  }
  return { write: (bytes) => void child.stdin.write(bytes), closed, close };
}

/** Removes what an earlier host left behind; a real file or device is never touched. */
function removeLink(path: string): void {
  const found = lstatSync(path, { throwIfNoEntry: false });
  if (found === undefined) return;
  if (!found.isSymbolicLink() || !readlinkSync(path).startsWith('/dev/pts/')) {
    throw new AgentError('state_conflict', `There is something else than a PTY at ${path}.`, {
      hint: 'Choose another path for the simulated device, or remove what is there.',
    });
  }
  unlinkSync(path);
}
