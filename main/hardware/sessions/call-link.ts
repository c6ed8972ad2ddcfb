import {
  AgentError,
  type Link,
  type PrinterPortStatus,
  type Resynchronisation,
  toHex,
  type WireRequest,
} from '../../../drivers/kit/index.ts';
import type { WireCall } from '../wire/wire-frame.ts';
import type { WireTap } from '../wire/wire-taps.ts';
import type { Clock } from './clock.ts';
import type { ExchangeEngine, ExchangeTerms } from './exchange.ts';
import { cantAnswer } from './exchange-errors.ts';
import type { FrameGate } from './frame-gate.ts';

/** One exchange as it went over the wire, in hex. */
export interface ExchangeTrace {
  readonly label: string;
  readonly sent: string;
  readonly received: string;
}

/** The wire for the length of one call, and what the call did with it. */
export interface CallLink {
  readonly link: Link;
  /** Whether a frame was written that the device should answer. Listening asks nothing. */
  asked(): boolean;
  /** Whether the device said anything, readable or not. */
  answered(): boolean;
  /** Each exchange so far; empty unless they were to be traced. */
  traces(): readonly ExchangeTrace[];
  /** From now on the driver can reach nothing through this link. */
  end(): void;
}

/** Makes the link for one call. */
export function createCallLink(options: {
  readonly engine: ExchangeEngine;
  readonly gate: FrameGate;
  readonly clock: Clock;
  readonly deviceName: string;
  readonly signal: AbortSignal | null;
  readonly resynchronisation: Resynchronisation;
  readonly trace: boolean;
  readonly urgent: boolean;
  readonly tap: WireTap;
  /** On whose account it is, for the tap. */
  readonly about: Omit<WireCall, 'label'>;
}): CallLink {
  const { engine, gate, clock, deviceName, signal, resynchronisation, tap, about } = options;
  const exchanges: { label: string; sent: Uint8Array; received: Uint8Array[] }[] = [];
  let asked = false;
  let answered = false;
  let ended = false;
  /** The exchange on its way, as the tap is told of it; null while nobody listens there. */
  let current: WireCall | null = null;
  let hidesReply = false;
  const exchanging = async <T>(what: () => Promise<T>): Promise<T> => {
    try {
      return await what();
    } catch (error) {
      if (current !== null) {
        const { code, message } = AgentError.from(error);
        tap.note('failed', hidesReply ? `It failed: ${code}.` : message, current);
      }
      throw error;
    } finally {
      current = null;
    }
  };

  const terms: ExchangeTerms = {
    deviceName,
    signal,
    resynchronisation,
    urgent: options.urgent,
    beforeWrite(request) {
      if (ended) throw over(request.label, deviceName);
      gate.admit(request);
      if (isAnsweredByDevice(request) && request.bytes.length > 0) asked = true;
      if (options.trace) exchanges.push({ label: request.label, sent: request.bytes, received: [] });
      if (!tap.isOpen) return;
      current = { ...about, label: request.label };
      hidesReply = request.secretReply === true;
      if (request.bytes.length > 0) tap.sent(request.bytes, current, request.secrets ?? []);
    },
    afterReply() {
      answered = true;
    },
    onChunk(chunk) {
      if (options.trace) exchanges.at(-1)?.received.push(chunk);
      if (current !== null) tap.heard(chunk, current, hidesReply);
    },
  };

  return {
    link: {
      async exchange(request) {
        if (ended) throw over(request.label, deviceName);
        if (engine.isOneWay && isAnsweredByDevice(request)) {
          // Its health has to say so, as of every question that failed.
          asked = true;
          throw cantAnswer(request, deviceName);
        }
        return exchanging(() => engine.exchange(request, terms));
      },
      async portStatus() {
        if (ended) throw over(portStatusLabel, deviceName);
        asked = true;
        if (tap.isOpen) current = { ...about, label: portStatusLabel };
        return exchanging(async () => {
          const status = await engine.portStatus(terms);
          answered = true;
          if (current !== null) tap.note('port_status', describePortStatus(status), current);
          return status;
        });
      },
      pause: (durationMs) => engine.pause(durationMs, signal),
      now: () => clock.wallTime(),
    },
    asked: () => asked,
    answered: () => answered,
    traces: () =>
      exchanges.map(({ label, sent, received }) => ({
        label,
        sent: toHex(sent, Number.POSITIVE_INFINITY),
        received: received.map((chunk) => toHex(chunk, Number.POSITIVE_INFINITY)).join(' '),
      })),
    end() {
      ended = true;
    },
  };
}

/** Whether the device has to say something to it. */
function isAnsweredByDevice({ unanswered, local }: WireRequest<unknown>): boolean {
  return unanswered !== true && local !== true;
}

function describePortStatus({ paperEmpty, selected, error }: PrinterPortStatus): string {
  return [
    paperEmpty ? 'no paper' : 'paper there',
    selected ? 'selected' : 'not selected',
    error ? 'error' : 'no error',
  ].join(', ');
}

const portStatusLabel = 'read the port status (GET_PORT_STATUS)';

function over(label: string, deviceName: string): AgentError {
  return new AgentError('closed', `The call to ${deviceName} is over; it can't still ask: ${label}.`, {
    details: { device: deviceName },
  });
}
