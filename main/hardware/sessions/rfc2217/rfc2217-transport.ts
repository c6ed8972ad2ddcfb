import { setTimeout as pause } from 'node:timers/promises';
import type { AgentError, SerialSettings, TcpAddress } from '../../../../drivers/kit/index.ts';
import { openTcpTransport } from '../tcp-transport.ts';
import type { Transport } from '../transport.ts';
import { COM_PORT_OPTION, type ComPortReply, decodeComPort, encodeBreak, encodePurge } from './com-port.ts';
import { createHeldWrites } from './held-writes.ts';
import { createLineSetup } from './line-setup.ts';
import { createTelnetDecoder, encodeTelnet, escapeData, type TelnetEvent } from './telnet.ts';

/** How long a server may take to agree and to set its port: it may have to open the port first. */
const SETUP_TIMEOUT_MS = 8_000;
/**
 * A server whose port is taken says so and hangs up. To say something at that moment would break the connection before its
 * words are read.
 */
const LISTEN_FIRST_MS = 150;
/** A server that takes nothing at all can't be told to forget anything either. */
const PURGE_DEADLINE_MS = 500;

/**
 * Takes a serial port of a port server by RFC 2217 and sets it. Rejects as {@link openTcpTransport} does; with
 * `not_supported` where the server does not speak RFC 2217, `unsupported_setting` naming what its port can't be set to,
 * `no_reply` where it does not come to an end, or the signal's reason.
 */
export async function openRfc2217Transport(
  path: string,
  address: TcpAddress,
  settings: SerialSettings,
  signal: AbortSignal,
): Promise<Transport> {
  const wire = await openTcpTransport(path, address, signal);
  const port = serve(wire);
  const setup = createLineSetup(path, settings, port.say);
  port.attend(setup);
  const timer = setTimeout(() => setup.fail(setup.timedOut(SETUP_TIMEOUT_MS)), SETUP_TIMEOUT_MS);
  const onAbort = () => setup.fail(signal.reason);
  signal.addEventListener('abort', onAbort);
  const starter = setTimeout(setup.start, LISTEN_FIRST_MS);
  try {
    await setup.done;
  } catch (error) {
    await wire.close();
    throw error;
  } finally {
    clearTimeout(timer);
    clearTimeout(starter);
    signal.removeEventListener('abort', onAbort);
  }
  port.attend(null);
  return port.transport;
}

/** Who listens to what the server says while its port is being set. */
interface Attendant {
  onReply(reply: ComPortReply): void;
  onNegotiation: ReturnType<typeof createLineSetup>['onNegotiation'];
  onText(bytes: Uint8Array): void;
  fail(reason: unknown): void;
}

function serve(wire: Transport) {
  const decoder = createTelnetDecoder();
  const writes = createHeldWrites((bytes) => wire.write(escapeData(bytes)));
  let receive: (chunk: Uint8Array) => void = () => {};
  let closed: ((reason: AgentError) => void) | null = null;
  let ended: AgentError | null = null;
  let attendant: Attendant | null = null;
  let negotiate: Attendant['onNegotiation'] = () => null;
  const over = new AbortController();

  const end = (reason: AgentError) => {
    if (ended !== null) return;
    ended = reason;
    over.abort();
    writes.end(reason);
    attendant?.fail(reason);
    closed?.(reason);
  };
  // Where it can't be said the wire is gone, and its owner is told so.
  const say = (event: TelnetEvent) => wire.write(encodeTelnet(event)).catch(() => {});
  const purgeUnsent = async () => {
    const { promise: late, resolve } = Promise.withResolvers<void>();
    const timer = setTimeout(resolve, PURGE_DEADLINE_MS);
    await Promise.race([
      say({ type: 'subnegotiation', option: COM_PORT_OPTION, payload: encodePurge('unsent') }),
      late,
    ]);
    clearTimeout(timer);
  };

  wire.onClose(end);
  wire.onData((chunk) => {
    for (const event of decoder.push(chunk)) {
      if (ended !== null) return;
      if (event.type === 'data') {
        if (attendant === null) receive(event.bytes);
        else attendant.onText(event.bytes);
      } else if (event.type === 'negotiation') {
        const lost = negotiate(event.verb, event.option);
        if (lost !== null && attendant === null) end(lost);
      } else if (event.type === 'subnegotiation' && event.option === COM_PORT_OPTION) {
        const reply = decodeComPort(event.payload);
        if (reply?.type === 'flow') writes.hold(reply.suspended);
        else if (reply !== null) attendant?.onReply(reply);
      }
    }
  });

  const transport: Transport = {
    write: (bytes) => (ended === null ? writes.write(bytes) : Promise.reject(ended)),
    onData(next) {
      receive = next;
    },
    onClose(next) {
      closed = next;
      if (ended !== null) next(ended);
    },
    async sendBreak(durationMs) {
      if (ended !== null) throw ended;
      const hold = (on: boolean) => say({ type: 'subnegotiation', option: COM_PORT_OPTION, payload: encodeBreak(on) });
      try {
        await hold(true);
        await pause(durationMs, undefined, { signal: over.signal });
        await hold(false);
      } catch (cause) {
        throw ended ?? cause;
      }
    },
    // No server says when its port has sent everything: only an answer tells.
    drainWithDeadline: (deadlineMs) => wire.drainWithDeadline(deadlineMs),
    async close() {
      // What was held back must not leave later, when nobody counts on it.
      if (ended === null && writes.waiting()) await purgeUnsent();
      await wire.close();
    },
  };
  return {
    transport,
    say,
    attend(next: Attendant | null) {
      attendant = next;
      if (next === null) return;
      negotiate = next.onNegotiation;
      if (ended !== null) next.fail(ended);
    },
  };
}
