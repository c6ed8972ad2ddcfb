import { SerialPort } from 'serialport';

/** A port as a test sees it; every wait ends. */
export interface TestPort {
  /** Writes, and resolves with the first `count` bytes that come back. */
  ask(bytes: Uint8Array, count: number): Promise<Uint8Array>;
  /** Resolves when the other end is gone. */
  readonly lost: Promise<void>;
  close(): Promise<void>;
}

const WAIT_MS = 5_000;

/** Opens a serial port, as the agent does. */
export async function openSerial(path: string): Promise<TestPort> {
  const port = new SerialPort({ path, baudRate: 9_600, autoOpen: false });
  await new Promise<void>((resolve, reject) => port.open((error) => (error === null ? resolve() : reject(error))));
  let received = Buffer.alloc(0);
  let arrived = () => {};
  port.on('data', (chunk: Buffer) => {
    received = Buffer.concat([received, chunk]);
    arrived();
  });
  const lost = new Promise<void>((resolve) => port.once('close', () => resolve()));
  return {
    lost,
    ask(bytes, count) {
      received = Buffer.alloc(0);
      return new Promise((resolve, reject) => {
        const timer = setTimeout(() => reject(new Error(`only ${received.length} of ${count} bytes came`)), WAIT_MS);
        arrived = () => {
          if (received.length < count) return;
          clearTimeout(timer);
          resolve(new Uint8Array(received.subarray(0, count)));
        };
        port.write(Buffer.from(bytes));
      });
    },
    close: () => new Promise((resolve) => (port.isOpen ? port.close(() => resolve()) : resolve())),
  };
}
