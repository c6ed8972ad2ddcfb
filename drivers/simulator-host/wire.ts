/** The simulated device's end of a wire whose other end is a device path. */
export interface HostedWire {
  /** Bytes for whoever is at the other end; dropped when nobody is. */
  write(bytes: Uint8Array): void;
  /** Resolves when the wire is gone, whoever cut it. */
  readonly closed: Promise<void>;
  /** Cuts the wire; resolves when the path is gone. Idempotent. */
  close(): Promise<void>;
}
