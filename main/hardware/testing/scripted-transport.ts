import { AgentError } from '../../../drivers/kit/index.ts';
import type { Transport } from '../sessions/transport.ts';

/** A port whose far end is the test. */
export interface ScriptedTransport extends Transport {
  /** Everything written, as text. */
  readonly written: readonly string[];
  /** Bytes come in. */
  arrive(text: string): void;
  /** The cable is pulled. */
  unplug(): void;
  /** What a write does from now on; null: all is taken at once. */
  onWrite: ((text: string) => Promise<void> | void) | null;
}

export function createScriptedTransport(): ScriptedTransport {
  const written: string[] = [];
  let receive: (chunk: Uint8Array) => void = () => {};
  let closed: (reason: AgentError) => void = () => {};
  const transport: ScriptedTransport = {
    written,
    onWrite: null,
    async write(bytes) {
      const text = Buffer.from(bytes).toString('latin1');
      written.push(text);
      await transport.onWrite?.(text);
    },
    onData(next) {
      receive = next;
    },
    onClose(next) {
      closed = next;
    },
    drainWithDeadline: async () => {},
    async close() {
      closed(new AgentError('closed', 'closed'));
    },
    arrive: (text) => receive(Uint8Array.from(Buffer.from(text, 'latin1'))),
    unplug: () => closed(new AgentError('device_unplugged', 'gone')),
  };
  return transport;
}
