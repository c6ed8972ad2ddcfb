import { readSync, writeSync } from 'node:fs';
import type { SerialPort } from 'serialport';

type BindingPort = Awaited<ReturnType<typeof SerialPort.binding.open>>;
type UnixPort = Extract<BindingPort, { readonly poller: unknown }>;

/** Bytes in and out of an open port, as directly as the system allows. */
export interface ByteChannel {
  /** Begins to read; `lost` is called at most once, when the other end is gone. */
  start(receive: (chunk: Uint8Array) => void, lost: (cause: unknown) => void): void;
  /** Resolves when the system has taken all bytes. */
  write(bytes: Uint8Array): Promise<void>;
  /** How many bytes of the last write the system has taken; null: it does not say. */
  taken(): number | null;
  drain(): Promise<void>;
  /** Holds the line in its break state from now on, or no more. */
  setBreak(on: boolean): Promise<void>;
  flush(): Promise<void>;
  close(): Promise<void>;
}

/** The quick way where the port is a pollable file descriptor; elsewhere the binding's own reads and writes. */
export function openByteChannel(port: BindingPort): ByteChannel {
  return 'poller' in port && port.fd !== null ? openPolled(port, port.fd) : openOverlapped(port);
}

/** The call sets all lines at once: these are as the system raised them when the port was opened. */
const asOpened = { dtr: true, rts: true, cts: false, dsr: false } as const;

/** libuv's UV_READABLE and UV_WRITABLE (uv_poll). */
const READABLE = 1;
const WRITABLE = 2;
const CHUNK_BYTES = 16_384;

/**
 * Reads and writes the descriptor itself when the poller says that it is ready. It is non-blocking, so neither call waits,
 * and neither goes through the thread pool: ports that hang in tcdrain can't hold up the others.
 */
function openPolled(port: UnixPort, fd: number): ByteChannel {
  const chunk = new Uint8Array(CHUNK_BYTES);
  let wakeWriter: ((error: Error | null) => void) | null = null;
  let open = true;
  let offset = 0;

  const writable = () =>
    new Promise<void>((resolve, reject) => {
      wakeWriter = (error) => {
        wakeWriter = null;
        if (error === null) resolve();
        else reject(error);
      };
      port.poller.poll(READABLE | WRITABLE);
    });

  return {
    start(receive, lost) {
      const onReadable = (error: Error | null) => {
        if (!open) return;
        let count = 0;
        try {
          if (error !== null) throw error;
          count = readSync(fd, chunk, 0, CHUNK_BYTES, null);
          // A terminal that was hung up reads as an end of file.
          if (count === 0) throw new Error('end of file');
        } catch (cause) {
          if (!isNotReady(cause)) {
            lost(cause);
            return;
          }
        }
        // One event is given for each poll; a waiting writer keeps its own.
        port.poller.poll(wakeWriter === null ? READABLE : READABLE | WRITABLE);
        if (count > 0) receive(chunk.slice(0, count));
      };
      port.poller.on('readable', onReadable);
      port.poller.on('writable', (error: Error | null) => wakeWriter?.(error));
      port.poller.poll(READABLE);
    },
    async write(bytes) {
      offset = 0;
      while (offset < bytes.length) {
        if (!open) throw new Error('the port is closed');
        try {
          offset += writeSync(fd, bytes, offset, bytes.length - offset, null);
        } catch (cause) {
          if (!isNotReady(cause)) throw cause;
          await writable();
        }
      }
    },
    taken: () => offset,
    drain: () => port.drain(),
    setBreak: (on) => port.set({ ...asOpened, brk: on }),
    flush: () => port.flush(),
    close() {
      open = false;
      return port.close();
    },
  };
}

function isNotReady(cause: unknown): boolean {
  return (
    cause instanceof Error &&
    'code' in cause &&
    (cause.code === 'EAGAIN' || cause.code === 'EWOULDBLOCK' || cause.code === 'EINTR')
  );
}

function openOverlapped(port: BindingPort): ByteChannel {
  let open = true;
  return {
    start(receive, lost) {
      const buffer = Buffer.alloc(CHUNK_BYTES);
      const read = async () => {
        while (open) {
          const { bytesRead } = await port.read(buffer, 0, CHUNK_BYTES);
          if (bytesRead === 0) throw new Error('end of file');
          if (open) receive(new Uint8Array(buffer.subarray(0, bytesRead)));
        }
      };
      read().catch((cause: unknown) => {
        if (open) lost(cause);
      });
    },
    write: (bytes) => port.write(Buffer.from(bytes)),
    taken: () => null,
    drain: () => port.drain(),
    setBreak: (on) => port.set({ ...asOpened, brk: on }),
    flush: () => port.flush(),
    close() {
      open = false;
      return port.close();
    },
  };
}
