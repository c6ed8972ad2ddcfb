import type { AgentError, PrinterPortStatus } from '../../../drivers/kit/index.ts';

/** An open port. Whoever opened it owns it and closes it. */
export interface Transport {
  /**
   * Resolves when the operating system has taken all bytes. Rejects with `device_unplugged` or `closed`; then it is not
   * known how many left, but for those that `onTaken` was told of: how many in all the device itself has taken so far.
   * Only transports that know call it.
   */
  write(bytes: Uint8Array, onTaken?: (count: number) => void): Promise<void>;
  /** How many bytes of the last write can have left, at most; absent or null: not known. */
  canHaveLeft?(): number | null;
  /** The device has no way to answer: nothing is ever heard of it. */
  readonly isOneWay?: boolean;
  /** Asks a printer class interface for the state of its port. Absent on all other transports. */
  readonly portStatus?: () => Promise<PrinterPortStatus>;
  /** The one receiver of what arrives; chunks are its own to keep. Bytes that arrive before it is set are dropped. */
  onData(receive: (chunk: Uint8Array) => void): void;
  /** Called once, when the port is gone: with `device_unplugged`, or `closed` after {@link Transport.close}. At once if it already is. */
  onClose(closed: (reason: AgentError) => void): void;
  /**
   * Resolves when the last byte has left the machine. Past the deadline it rejects with `no_reply` and drops what is still
   * held back: the port is of no use then and must be closed.
   */
  drainWithDeadline(deadlineMs: number): Promise<void>;
  /** Idempotent; resolves when the port is free for others. */
  close(): Promise<void>;
}
