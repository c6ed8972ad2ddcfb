import { isTcpPath } from '../kit/index.ts';
import { openPty } from './socat-pty.ts';
import { listenTcp } from './tcp-listener.ts';
import type { HostedWire } from './wire.ts';

/** Makes a wire to `path`: a PTY, or for `tcp://` a socket on loopback. Rejects as {@link openPty} and {@link listenTcp} do. */
export function openWire(path: string, onData: (bytes: Uint8Array) => void): Promise<HostedWire> {
  return isTcpPath(path) ? listenTcp(path, onData) : openPty(path, onData);
}
