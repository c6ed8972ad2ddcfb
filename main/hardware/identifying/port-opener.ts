import { describeSerialSettings, type SerialSettings } from '../../../drivers/kit/index.ts';
import type { PortPlace, Transport } from '../sessions/index.ts';
import type { ByteLog } from './byte-log.ts';

/** One port, opened as each question needs it. */
export interface PortOpener {
  /** The port at these settings; opened anew only where they are others. Rejects as `openPort` does. */
  at(settings: SerialSettings | null, signal: AbortSignal): Promise<Transport>;
  /** Idempotent; resolves when the port is free. */
  close(): Promise<void>;
}

/** Closed to begin with. */
export function createPortOpener(
  open: (place: PortPlace, signal: AbortSignal) => Promise<Transport>,
  place: Omit<PortPlace, 'settings'>,
  log: ByteLog,
): PortOpener {
  let current: { readonly key: string; readonly transport: Transport } | null = null;
  const close = async () => {
    const { transport } = current ?? {};
    current = null;
    await transport?.close();
  };
  return {
    async at(settings, signal) {
      const key = JSON.stringify(settings);
      if (current?.key === key) return current.transport;
      await close();
      const opened = await open({ ...place, settings }, signal);
      const transport = log.record(opened, settings === null ? null : describeSerialSettings(settings));
      current = { key, transport };
      return transport;
    },
    close,
  };
}
