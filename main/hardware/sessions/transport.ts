import type { AgentError, PrinterPortStatus } from '../../../drivers/kit/index.ts';

/** How many of a write's bytes have left for the device: what is certain, and what is possible. */
export interface BytesLeft {
  /** So many the device itself has taken, as its link acknowledges them; 0 where only an answer shows that anything arrived. */
  readonly atLeast: number;
  /** So many were handed to whatever carries them; those after them never leave. */
  readonly atMost: number;
}

/** An open port. Whoever opened it owns it and closes it. */
export interface Transport {
  /**
   * Resolves when the operating system has taken all bytes. Rejects with `device_unplugged` or `closed`; how many have left
   * then, {@link Transport.left} tells as far as it is known.
   */
  write(bytes: Uint8Array): Promise<void>;
  /** How much of the last write has left, so far. Absent or null: nothing is known. */
  left?(): BytesLeft | null;
  /** The device has no way to answer: nothing is ever heard of it. */
  readonly isOneWay?: boolean;
  /** Asks a printer class interface for the state of its port. Absent on all other transports. */
  readonly portStatus?: () => Promise<PrinterPortStatus>;
  /**
   * Holds the line in its break state for so long, in milliseconds. Rejects with `not_supported` where the port has none, with
   * `device_unplugged` or `closed`. Absent on everything but serial lines.
   */
  readonly sendBreak?: (durationMs: number) => Promise<void>;
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
