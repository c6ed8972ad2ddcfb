import {
  AgentError,
  type Driver,
  type Link,
  type Plan,
  type Resynchronisation,
  toHex,
} from '../../../drivers/kit/index.ts';
import { callEnded, type ExchangeRecord, type Wire } from './wire.ts';

/** A driver's link for the length of one call, and what became of the harmful frames. */
export interface GatedLink extends Link {
  /** Whether a harmful byte may have left. */
  readonly harmfulSent: () => boolean;
}

/** How a link is made. */
export interface LinkOptions {
  readonly wire: Wire;
  readonly driver: Driver;
  readonly deviceName: string;
  readonly resynchronisation: Resynchronisation;
  readonly signal: AbortSignal;
  /** The redeemed plan of an `act`: exactly its frames may be sent, each once. */
  readonly permitted?: Plan;
  readonly record?: (done: ExchangeRecord) => void;
}

const bytesKey = (bytes: Uint8Array) => Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length).toString('latin1');

/** The gate: what is not harmless needs a permit for these very bytes (docs/decisions/0002-permits.md). */
export function createLink(options: LinkOptions): GatedLink {
  const { wire, driver, deviceName, resynchronisation, signal, record } = options;
  const permitted = options.permitted?.frames.map((frame) => bytesKey(frame.bytes)) ?? [];
  let harmfulSent = false;
  return {
    harmfulSent: () => harmfulSent,
    async exchange(request) {
      if (driver.isHarmless(request.bytes)) return wire.exchange(request, resynchronisation, signal, record);
      const place = permitted.indexOf(bytesKey(request.bytes));
      if (place < 0) {
        throw new AgentError(
          'frame_not_permitted',
          `${deviceName}: "${request.label}" (${toHex(request.bytes, 16)}) may not be sent without a journal row.`,
          {
            hint: 'This is a fault of the driver. Nothing was sent.',
          },
        );
      }
      permitted.splice(place, 1);
      return wire.exchange(request, resynchronisation, signal, record, () => {
        harmfulSent = true;
      });
    },
    pause: (durationMs) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(done, durationMs);
        const over = () => {
          clearTimeout(timer);
          reject(callEnded(signal));
        };
        function done() {
          signal.removeEventListener('abort', over);
          resolve();
        }
        if (signal.aborted) over();
        else signal.addEventListener('abort', over, { once: true });
      }),
    now: () => new Date().toISOString(),
  };
}
