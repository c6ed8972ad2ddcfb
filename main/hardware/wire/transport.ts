import type { AgentError } from '../../../drivers/kit/index.ts';

/** An open byte stream to a device. One owner; closes once. */
export interface Transport {
  /** Resolves when the operating system has taken the bytes. Rejects with `device_unplugged` or `closed`. */
  write(bytes: Uint8Array): Promise<void>;
  /** Set by the owner; called with each chunk as it arrives. */
  onData: (chunk: Uint8Array) => void;
  /** Set by the owner; called once when the device goes away by itself, never after {@link Transport.close}. */
  onLost: (error: AgentError) => void;
  /** Idempotent; resolves when the port is free again. */
  close(): Promise<void>;
}
