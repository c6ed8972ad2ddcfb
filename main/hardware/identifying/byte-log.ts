import { concatBytes, toHex } from '../../../drivers/kit/index.ts';
import type { IdentifyExchange } from '../identify-report.ts';
import type { Transport } from '../sessions/index.ts';

interface Entry {
  readonly label: string;
  readonly listing: string | null;
  readonly line: string | null;
  readonly sent: Uint8Array;
  received: Uint8Array;
}

/** Every byte that went over a port, both ways, also what nobody waited for. */
export interface ByteLog {
  /** What is sent next, and in what way. */
  about(what: Pick<IdentifyExchange, 'label' | 'listing' | 'line'>): void;
  /** The same port, listened to. */
  record(transport: Transport, line: string | null): Transport;
  exchanges(): readonly IdentifyExchange[];
}

/** An empty log. What arrives is put to the question before it. */
export function createByteLog(): ByteLog {
  const entries: Entry[] = [];
  let next: Pick<IdentifyExchange, 'label' | 'listing' | 'line'> | null = null;
  return {
    about(what) {
      next = what;
    },
    record(transport, line) {
      const unasked = { label: 'heard without being asked', listing: null, line, sent: new Uint8Array() };
      // What comes after the port was opened anew answers nothing that was sent before.
      let current: Entry | null = null;
      const hear = (chunk: Uint8Array) => {
        if (current === null) {
          current = { ...unasked, received: new Uint8Array() };
          entries.push(current);
        }
        current.received = concatBytes(current.received, chunk);
      };
      // Also while nobody has begun to listen.
      transport.onData(hear);
      return {
        ...transport,
        onData(receive) {
          transport.onData((chunk) => {
            hear(chunk);
            receive(chunk);
          });
        },
        write(bytes) {
          current = { label: 'sent', listing: null, line, ...next, sent: bytes, received: new Uint8Array() };
          entries.push(current);
          return transport.write(bytes);
        },
      };
    },
    exchanges: () =>
      entries.map(({ sent, received, ...what }) => ({
        ...what,
        sent: toHex(sent, Number.POSITIVE_INFINITY),
        received: toHex(received, Number.POSITIVE_INFINITY),
      })),
  };
}
