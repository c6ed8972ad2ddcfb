import { AgentError } from '../agent-error.ts';
import type { Driver } from '../driver.ts';
import { concatBytes, type Link, toHex, type WireRequest } from '../link.ts';
import type { PrinterPortStatus } from '../printer-port.ts';
import type { Plan } from '../tools.ts';
import type { SimulatedDevice } from './simulated-device.ts';

/** What a {@link createMemoryLink} gives a driver test. A request that sends nothing reaches the device as no bytes: what it says by itself then is its answer. */
export interface MemoryLink extends Link {
  /** Every frame the driver sent, in order. */
  readonly sent: readonly Uint8Array[];
  /** Lets the frames of `plan` through, each once, as a permit does. */
  permit(plan: Plan): void;
}

/**
 * A link straight to a simulated device, for driver tests without a port. Same rules as the real session (the harmless
 * gate, permits, one request at a time); answers come at once, and a device that has not answered when its code returns,
 * or answers later than the request waits, counts as silent: `no_reply`, without waiting. A late answer is dropped, as
 * a session drops it when it gets back in step. `chunkBytes` splits answers, to prove that matchers don't care.
 */
export function createMemoryLink(
  driver: Pick<Driver, 'isHarmless'>,
  device: SimulatedDevice,
  options: {
    readonly chunkBytes?: number;
    readonly now?: () => string;
    /** What the port of a printer class interface tells; absent: there is no such interface. */
    readonly portStatus?: () => PrinterPortStatus;
  } = {},
): MemoryLink {
  const sent: Uint8Array[] = [];
  const permitted: string[] = [];
  let buffer: Uint8Array = new Uint8Array();

  const exchange = async <T>(request: WireRequest<T>): Promise<T> => {
    const key = toHex(request.bytes, Number.POSITIVE_INFINITY);
    if (request.bytes.length > 0 && !driver.isHarmless(request.bytes)) {
      const index = permitted.indexOf(key);
      if (index < 0)
        throw new AgentError('frame_not_permitted', `No permit for: ${request.label} (${toHex(request.bytes)}).`);
      permitted.splice(index, 1);
    }
    if (request.bytes.length > 0) sent.push(request.bytes);
    const answers: Uint8Array[] = [];
    device.receive(request.bytes, (bytes, delayMs = 0) => {
      if (delayMs <= request.replyTimeoutMs) answers.push(bytes);
    });
    // What a device says to such a frame is nobody's answer.
    const arriving =
      request.unanswered === true ? [new Uint8Array()] : split(concatBytes(...answers), options.chunkBytes);
    for (const chunk of arriving) {
      buffer = concatBytes(buffer, chunk);
      const progress = request.match(buffer);
      if (progress.kind === 'bad') {
        buffer = new Uint8Array();
        throw new AgentError(
          'bad_reply',
          `Unreadable answer to ${request.label}: expected ${progress.expected}, saw ${progress.seen}.`,
          {
            details: { expected: progress.expected, seen: progress.seen },
          },
        );
      }
      if (progress.kind === 'reply') {
        buffer = buffer.subarray(progress.consumed);
        return progress.value;
      }
      buffer = buffer.subarray(progress.discard ?? 0);
    }
    buffer = new Uint8Array();
    throw new AgentError('no_reply', `No answer to ${request.label}.`);
  };

  return {
    sent,
    exchange,
    async portStatus() {
      if (options.portStatus !== undefined) return options.portStatus();
      throw new AgentError('not_supported', 'This link is no printer class interface.');
    },
    pause: async () => {},
    now: options.now ?? (() => '2026-01-01T00:00:00.000Z'),
    permit: (plan) => permitted.push(...plan.frames.map((frame) => toHex(frame.bytes, Number.POSITIVE_INFINITY))),
  };
}

function* split(bytes: Uint8Array, chunkBytes = Number.POSITIVE_INFINITY): Iterable<Uint8Array> {
  for (let start = 0; start < bytes.length; start += chunkBytes) yield bytes.subarray(start, start + chunkBytes);
}
