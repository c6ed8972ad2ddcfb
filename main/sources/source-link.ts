import {
  AgentError,
  concatBytes,
  decodeHttpRequest,
  encodeHttpResponse,
  encodeLatin1,
  type Link,
} from '../../drivers/kit/index.ts';
import type { Clock, createFrameGate, WireCall, WireTap } from '../hardware/index.ts';
import type { HttpTransport } from './http-transport.ts';

/** A driver's way to its source, for one call. */
export interface SourceLink {
  readonly link: Link;
  /** Whether a request was begun, be it that no connection came of it. */
  asked(): boolean;
  /** From now on the driver can reach nothing through this link. */
  end(): void;
}

/** Makes the link for one call. The gate is asked when the connection stands, right before the first byte leaves. */
export function createSourceLink(parts: {
  readonly transport: HttpTransport;
  readonly gate: ReturnType<typeof createFrameGate>;
  readonly clock: Clock;
  readonly sourceName: string;
  readonly signal: AbortSignal | null;
  readonly tap: WireTap;
  /** On whose account it is, for the tap. */
  readonly about: Omit<WireCall, 'label'>;
}): SourceLink {
  const { transport, gate, clock, sourceName, signal, tap, about } = parts;
  let asked = false;
  let ended = false;
  const requireOpen = (label: string) => {
    if (ended) throw new AgentError('closed', `The call to ${sourceName} is over; it can't still ask: ${label}.`);
  };

  return {
    link: {
      async exchange(request) {
        requireOpen(request.label);
        const decoded = decodeHttpRequest(request.bytes);
        if (decoded === null) throw new TypeError(`no HTTP request: ${request.label}`);
        asked = true;
        const exchange = { ...about, label: request.label };
        const response = await transport
          .send(decoded, {
            signal,
            timeoutMs: request.replyTimeoutMs,
            beforeSend() {
              requireOpen(request.label);
              gate.admit(request);
              if (tap.isOpen) sendShown(tap, request.bytes, exchange);
            },
          })
          .catch((error: unknown) => {
            tap.note('failed', AgentError.from(error).message, exchange);
            throw error;
          });
        const answer = encodeHttpResponse(response);
        tap.heard(answer, exchange);
        const progress = request.match(answer);
        if (progress.kind === 'reply') return progress.value;
        const { expected, seen } =
          progress.kind === 'bad' ? progress : { expected: 'a whole answer', seen: 'a part of one' };
        throw new AgentError('bad_reply', `${sourceName} answered what we can't read (${request.label}).`, {
          hint: 'Check base_url: the address must be that of the source itself.',
          details: { device: sourceName, request: request.label, expected, seen },
        });
      },
      pause: (durationMs) => pause(clock, durationMs, signal),
      portStatus: () => Promise.reject(new AgentError('not_supported', `${sourceName} is no printer.`)),
      now: () => clock.wallTime(),
    },
    asked: () => asked,
    end() {
      ended = true;
    },
  };
}

/** The request as the log of the wire shows it: with the header that says who asks, and without what it says. */
function sendShown(tap: WireTap, bytes: Uint8Array, call: WireCall): void {
  const line = bytes.indexOf(13) + 2;
  const head = encodeLatin1('Authorization: ');
  const hidden = encodeLatin1('********');
  const shown = concatBytes(bytes.subarray(0, line), head, hidden, encodeLatin1('\r\n'), bytes.subarray(line));
  const start = line + head.length;
  tap.sent(shown, call, [{ start, end: start + hidden.length }]);
}

function pause(clock: Clock, durationMs: number, signal: AbortSignal | null): Promise<void> {
  return new Promise((resolve, reject) => {
    const onAbort = () => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.after(durationMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
    if (signal?.aborted === true) onAbort();
  });
}
