import { AgentError, decodeHttpRequest, encodeHttpResponse, type Link } from '../../drivers/kit/index.ts';
import type { Clock, createFrameGate } from '../hardware/index.ts';
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
}): SourceLink {
  const { transport, gate, clock, sourceName, signal } = parts;
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
        const response = await transport.send(decoded, {
          signal,
          timeoutMs: request.replyTimeoutMs,
          beforeSend() {
            requireOpen(request.label);
            gate.admit(request);
          },
        });
        const progress = request.match(encodeHttpResponse(response));
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
