import {
  AgentError,
  characterTimeMs,
  type PrinterPortStatus,
  type ReplyProgress,
  type Resynchronisation,
  type SerialSettings,
  toHex,
  type WireRequest,
} from '../../../drivers/kit/index.ts';
import type { Clock } from './clock.ts';
import {
  badReply,
  deadConnection,
  heldBack,
  noBreak,
  noPrinterPort,
  noReply,
  notTaken,
  withBytesLeft,
} from './exchange-errors.ts';
import { createReplyBuffer } from './reply-buffer.ts';
import type { Transport } from './transport.ts';
import { createUrgentLane } from './urgent-lane.ts';

/** What every exchange of one call has in common. */
export interface ExchangeTerms {
  /** For messages: `Unit 5 at /dev/ttyUSB0`. */
  readonly deviceName: string;
  /** Ends the exchange; its reason is what the exchange rejects with. Null: nothing ends it but the wire. */
  readonly signal: AbortSignal | null;
  readonly resynchronisation: Resynchronisation;
  /** Goes before everything that waits, and waits for nothing but an exchange on its way. Others: one at a time. */
  readonly urgent?: boolean;
  /** Called right before each frame is written, also those that get back in step. A throw keeps it from being written. */
  readonly beforeWrite: (request: WireRequest<unknown>) => void;
  readonly afterReply: () => void;
  readonly onChunk?: (chunk: Uint8Array) => void;
}

/** Questions and answers over one open port, one at a time. */
export interface ExchangeEngine {
  /** The device has no way to answer: only frames that need no answer make sense. */
  readonly isOneWay: boolean;
  /** Rejects with `no_reply`, `bad_reply`, `device_unplugged`, `closed`, or the signal's reason. */
  exchange<T>(request: WireRequest<T>, terms: ExchangeTerms): Promise<T>;
  /** What a printer class interface tells of its port. Rejects like {@link ExchangeEngine.exchange}, and with `not_supported`. */
  portStatus(terms: Pick<ExchangeTerms, 'deviceName' | 'signal'>): Promise<PrinterPortStatus>;
  /** Rejects like {@link ExchangeEngine.exchange} when the port or the call ends first. */
  pause(durationMs: number, signal: AbortSignal | null): Promise<void>;
  /** Ends whatever is on its way, and refuses all that comes. Idempotent: the first reason stays. */
  end(reason: AgentError): void;
  /** Called once when the port is gone, or is of no use any more; at once if it already is. */
  onEnd(ended: (reason: AgentError) => void): void;
}

/** While a late answer is waited for, it is looked for this often. */
const LATE_LOOK_MS = 20;
/** A line that is not silent for this long is not going to be. */
const NEVER_SILENT_MS = 2_000;

/**
 * The engine for one opening of a port; it is out of step to begin with, since what was sent before is not known.
 * `settings` are those of a serial line, whose speed every deadline follows; null for a network connection.
 * `quietBeforeSendMs` is the silence that the line needs before a frame. `onUnasked` gets every byte that is no part of a
 * reply, in order: what comes while nothing is asked, and what an exchange passes over, leaves behind or can't use.
 */
export function createExchangeEngine(
  transport: Transport,
  options: {
    readonly settings: SerialSettings | null;
    readonly quietBeforeSendMs: number;
    /**
     * How long a connection may bring nothing, though something was asked, before it is given up for a new one: its other
     * end may be gone without a word. Absent or null: there is no connection, only a line.
     */
    readonly deadAfterMs?: number | null;
    readonly clock: Clock;
    readonly onUnasked?: (bytes: Uint8Array) => void;
    /** Every chunk that comes while nothing is asked, as it comes: for who listens to the wire. */
    readonly onIdleChunk?: (chunk: Uint8Array) => void;
  },
): ExchangeEngine {
  const { settings, quietBeforeSendMs, deadAfterMs = null, clock, onUnasked = () => {}, onIdleChunk } = options;
  const byteMs = settings === null ? 0 : characterTimeMs(settings);
  const flowControlled = settings !== null && settings.flow_control !== 'none';
  const pauses = new Set<(reason: AgentError) => void>();
  let inFlight: { receive(chunk: Uint8Array): void; end(reason: AgentError): void } | null = null;
  let busy = false;
  const urgent = createUrgentLane();
  let ended: AgentError | null = null;
  let onEnd: ((reason: AgentError) => void) | null = null;
  /** Set when a reply may still be on its way to a question that nobody waits for any more. */
  let outOfStepSinceMs: number | null = clock.nowMs();
  /** A question of this device was given up, and its answer has not come so far. */
  let lateAnswer: { readonly deviceName: string; readonly sinceMs: number } | null = null;
  let lastOnWireMs = clock.nowMs();
  /** When the first question was asked since anything arrived. */
  let silentSinceMs: number | null = null;

  const end = (reason: AgentError) => {
    if (ended !== null) return;
    ended = reason;
    inFlight?.end(reason);
    for (const stop of [...pauses]) stop(reason);
    onEnd?.(reason);
  };
  transport.onData((chunk) => {
    lastOnWireMs = clock.nowMs();
    silentSinceMs = null;
    if (inFlight === null) {
      onIdleChunk?.(chunk);
      lateAnswer = null;
      onUnasked(chunk);
    } else inFlight.receive(chunk);
  });
  transport.onClose(end);

  const pause = (durationMs: number, signal: AbortSignal | null): Promise<void> =>
    new Promise((resolve, reject) => {
      if (ended !== null) {
        reject(ended);
        return;
      }
      if (signal?.aborted) {
        reject(signal.reason);
        return;
      }
      const settle = () => {
        cancel();
        pauses.delete(stop);
        signal?.removeEventListener('abort', onAbort);
      };
      const stop = (reason: unknown) => {
        settle();
        reject(reason);
      };
      const onAbort = () => stop(signal?.reason);
      const cancel = clock.after(durationMs, () => {
        settle();
        resolve();
      });
      pauses.add(stop);
      signal?.addEventListener('abort', onAbort);
    });

  /** Waits until nothing was on the line for `durationMs`, counted from `fromMs` at the earliest. */
  const silence = async (durationMs: number, fromMs: number, terms: ExchangeTerms): Promise<void> => {
    const givesUpAtMs = clock.nowMs() + NEVER_SILENT_MS + durationMs;
    for (;;) {
      const nowMs = clock.nowMs();
      const leftMs = Math.max(lastOnWireMs, fromMs) + durationMs - nowMs;
      if (leftMs <= 0) return;
      if (nowMs >= givesUpAtMs) {
        throw new AgentError(
          'bad_reply',
          `${terms.deviceName} never stops sending: ${durationMs} ms of silence were expected before it can be asked.`,
          {
            hint: 'Check speed and wiring, that nothing else asks on this line, and that the device is not set to send by itself.',
            details: { device: terms.deviceName, expected: `${durationMs} ms of silence` },
          },
        );
      }
      await pause(Math.ceil(leftMs), terms.signal);
    }
  };

  const transact = <T>(request: WireRequest<T>, terms: ExchangeTerms): Promise<T> => {
    if (ended !== null) return Promise.reject(ended);
    const { signal, deviceName } = terms;
    if (signal?.aborted) return Promise.reject(signal.reason);
    const buffer = createReplyBuffer();
    const wireMs = request.bytes.length * byteMs + (request.breakMs ?? 0);
    const halfWritten = (): AgentError => {
      const left = transport.left?.() ?? null;
      return settings === null ? notTaken(request, deviceName, left) : heldBack(request, deviceName, left);
    };
    const brokenOff = (error: AgentError) => withBytesLeft(error, request, transport.left?.() ?? null);
    return new Promise<T>((resolve, reject) => {
      let cancelTimer = () => {};
      let written = false;
      const settle = () => {
        inFlight = null;
        cancelTimer();
        signal?.removeEventListener('abort', onAbort);
      };
      /** Bytes at the front of the buffer that are nobody's answer. */
      const passOver = (count: number): boolean => {
        if (count > 0) onUnasked(buffer.bytes().slice(0, count));
        return buffer.discard(count);
      };
      const abandon = (reason: unknown) => {
        settle();
        passOver(buffer.bytes().length);
        outOfStepSinceMs = clock.nowMs();
        reject(reason);
        // The rest must not leave later, when nobody expects it: only a new opening gets rid of it.
        if (!written) end(halfWritten());
      };
      const giveUp = (reason: unknown) => {
        const isOut = written && request.unanswered !== true && request.local !== true && request.bytes.length > 0;
        if (isOut && buffer.bytes().length === 0) lateAnswer = { deviceName, sinceMs: clock.nowMs() };
        abandon(reason);
      };
      const onAbort = () => giveUp(signal?.reason);
      const onTimeout = () => {
        // The answer may be here already, and only we are late.
        clock.afterPoll(() => {
          if (inFlight !== self) return;
          if (!written) {
            abandon(halfWritten());
            return;
          }
          giveUp(noReply(request, deviceName, buffer.bytes()));
          if (silentSinceMs === null || deadAfterMs === null) return;
          const silentMs = clock.nowMs() - silentSinceMs;
          if (silentMs >= deadAfterMs) end(deadConnection(deviceName, silentMs));
        });
      };
      const judge = (chunk: Uint8Array) => {
        buffer.append(chunk);
        let progress: ReplyProgress<T>;
        try {
          progress = request.match(buffer.bytes());
        } catch (error) {
          abandon(AgentError.from(error));
          return;
        }
        if (progress.kind === 'reply') {
          settle();
          if (progress.passedOver !== undefined && progress.passedOver.length > 0) onUnasked(progress.passedOver);
          buffer.discard(progress.consumed);
          passOver(buffer.bytes().length);
          if (request.unanswered !== true && request.local !== true) terms.afterReply();
          resolve(progress.value);
        } else if (progress.kind === 'bad') {
          terms.afterReply();
          abandon(badReply(request, deviceName, progress));
        } else if (!passOver(progress.discard ?? 0)) {
          const seen = toHex(buffer.bytes(), 16);
          abandon(badReply(request, deviceName, { expected: 'an answer that ends', seen }));
        }
      };
      const self = {
        receive(chunk: Uint8Array) {
          terms.onChunk?.(chunk);
          if (request.unanswered === true) onUnasked(chunk);
          else judge(chunk);
        },
        end: (reason: AgentError) => abandon(written ? reason : brokenOff(reason)),
      };
      const startTimer = () => {
        cancelTimer();
        cancelTimer = clock.after(wireMs + request.replyTimeoutMs, onTimeout);
      };
      const onWritten = () => {
        written = true;
        if (inFlight !== self) return;
        const nowMs = clock.nowMs();
        // The port took longer than a call: the device's time begins only now.
        if (nowMs - startedMs > 1) startTimer();
        lastOnWireMs = Math.max(lastOnWireMs, nowMs + wireMs);
        if (request.unanswered === true) judge(new Uint8Array());
      };
      if (request.breakMs !== undefined && transport.sendBreak === undefined) {
        reject(noBreak(deviceName));
        return;
      }
      try {
        terms.beforeWrite(request);
      } catch (error) {
        reject(error);
        return;
      }
      inFlight = self;
      signal?.addEventListener('abort', onAbort);
      const startedMs = clock.nowMs();
      if (request.unanswered !== true) silentSinceMs ??= startedMs;
      startTimer();
      send(request, wireMs + request.replyTimeoutMs).then(onWritten, (cause: unknown) => {
        if (inFlight !== self) return;
        const error = AgentError.from(cause);
        if (error.code === 'not_supported') {
          // There is no break: nothing has left.
          settle();
          reject(error);
          return;
        }
        const isHeldBack = settings !== null && error.code === 'no_reply';
        abandon(isHeldBack ? halfWritten() : brokenOff(error));
      });
    });
  };

  const send = async ({ bytes, unanswered, breakMs }: WireRequest<unknown>, deadlineMs: number): Promise<void> => {
    if (breakMs !== undefined) await transport.sendBreak?.(breakMs);
    if (bytes.length > 0) await transport.write(bytes);
    // With no answer to come, that it has left is all there is to know.
    if (flowControlled || unanswered === true) await transport.drainWithDeadline(deadlineMs);
  };

  /** Waits for the answer to a question that this device was asked and that was given up; whether it came. */
  const outwaitLateAnswer = async (lateMs: number, { deviceName, signal }: ExchangeTerms): Promise<boolean> => {
    if (lateAnswer?.deviceName !== deviceName) return false;
    while (lateAnswer !== null) {
      const leftMs = lateAnswer.sinceMs + lateMs - clock.nowMs();
      if (leftMs <= 0) {
        lateAnswer = null;
        return false;
      }
      await pause(Math.min(leftMs, LATE_LOOK_MS), signal);
    }
    return true;
  };

  const resynchronise = async (sinceMs: number, terms: ExchangeTerms): Promise<void> => {
    const { resynchronisation } = terms;
    if (resynchronisation.type === 'quiet') {
      const { quietMs, lateMs = 0 } = resynchronisation;
      await silence(quietMs, sinceMs, terms);
      if (await outwaitLateAnswer(lateMs, terms)) await silence(quietMs, clock.nowMs(), terms);
    } else if (resynchronisation.type === 'question') {
      if (quietBeforeSendMs > 0) await silence(quietBeforeSendMs, 0, terms);
      await transact(resynchronisation.request, terms);
    }
    outOfStepSinceMs = null;
  };

  const transactInStep = async <T>(request: WireRequest<T>, terms: ExchangeTerms): Promise<T> => {
    // Where no answer is awaited, none can be mistaken for it.
    if (outOfStepSinceMs !== null && request.unanswered !== true) await resynchronise(outOfStepSinceMs, terms);
    if (quietBeforeSendMs > 0 && lastOnWireMs + quietBeforeSendMs > clock.nowMs()) {
      await silence(quietBeforeSendMs, 0, terms);
    }
    return transact(request, terms);
  };

  return {
    isOneWay: transport.isOneWay === true,
    async exchange(request, terms) {
      if (terms.urgent === true) return urgent.run(() => transactInStep(request, terms));
      if (busy) throw new AgentError('internal_error', `${terms.deviceName} was asked two things at once.`);
      busy = true;
      try {
        return await urgent.giveWay(() => transactInStep(request, terms));
      } finally {
        busy = false;
      }
    },
    async portStatus({ deviceName, signal }) {
      if (ended !== null) throw ended;
      signal?.throwIfAborted();
      if (transport.portStatus === undefined) throw noPrinterPort(deviceName);
      // It ends by itself, within the deadline of a control request.
      const status = await transport.portStatus();
      signal?.throwIfAborted();
      return status;
    },
    pause,
    end,
    onEnd(listener) {
      onEnd = listener;
      if (ended !== null) listener(ended);
    },
  };
}
