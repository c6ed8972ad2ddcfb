import { isTcpPath } from '../kit/index.ts';
import { openPty } from './socat-pty.ts';
import { listenTcp } from './tcp-listener.ts';

/** The simulated device's end of a wire whose other end is a device path. */
export interface HostedWire {
  /** Bytes for whoever is at the other end; dropped when nobody is. */
  write(bytes: Uint8Array): void;
  /** Resolves when the wire is gone, whoever cut it. */
  readonly closed: Promise<void>;
  /** Cuts the wire; resolves when the path is gone. Idempotent. */
  close(): Promise<void>;
}

/** Makes a wire to `path`: a PTY, or for `tcp://` a socket on loopback. Rejects as {@link openPty} and {@link listenTcp} do. */
export function openWire(path: string, onData: (bytes: Uint8Array) => void): Promise<HostedWire> {
  return isTcpPath(path) ? listenTcp(path, onData) : openPty(path, onData);
}
