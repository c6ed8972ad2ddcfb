import {
  AgentError,
  concatBytes,
  type Resynchronisation,
  toHex,
  type WireRequest,
} from '../../../drivers/kit/index.ts';
import type { Transport } from './transport.ts';

/** What is known of an exchange that ended, for records of what was sent. */
export interface ExchangeRecord {
  readonly label: string;
  readonly sent: Uint8Array;
  readonly received: Uint8Array;
}

interface Pending {
  readonly request: WireRequest<unknown>;
  /** Null once the caller has gone: the reply is awaited all the same, and dropped. */
  settle: ((end: { readonly value: unknown } | { readonly error: AgentError }) => void) | null;
  timer: NodeJS.Timeout | null;
}

/** A resynchronisation by silence that never comes (a stream that nobody stops) ends after this. */
const LONGEST_QUIET_WAIT_MS = 2_000;

/**
 * One request at a time over a transport. Keeps replies where they belong: after a reply that was abandoned, late, missing
 * or unreadable, nothing is sent before the line is back in step.
 */
export class Wire {
  readonly #transport: Transport;
  readonly #name: string;
  readonly #quietBeforeSendMs: number;
  #buffer: Uint8Array = new Uint8Array();
  #pending: Pending | null = null;
  /** Resolves when an abandoned exchange has had its reply or its time. */
  #orphan: Promise<void> | null = null;
  #outOfStep = true;
  #lastByteAt = Number.NEGATIVE_INFINITY;
  #lost: AgentError | null = null;
  #wake: (() => void) | null = null;

  constructor(transport: Transport, name: string, quietBeforeSendMs: number) {
    this.#transport = transport;
    this.#name = name;
    this.#quietBeforeSendMs = quietBeforeSendMs;
    transport.onData = (chunk) => this.#receive(chunk);
  }

  /** The device is gone: what waits ends now. */
  lose(error: AgentError): void {
    this.#lost ??= error;
    this.#end({ error });
    this.#wake?.();
  }

  /** Sends and waits for the reply; see `Link.exchange`. `beforeWrite` runs just before the first byte can leave. */
  async exchange<T>(
    request: WireRequest<T>,
    resynchronisation: Resynchronisation,
    signal: AbortSignal,
    record?: (done: ExchangeRecord) => void,
    beforeWrite?: () => void,
  ): Promise<T> {
    if (this.#orphan !== null) await this.#orphan;
    if (this.#outOfStep) await this.#resynchronise(resynchronisation, signal);
    return this.#ask(request, signal, record, beforeWrite);
  }

  async #resynchronise(how: Resynchronisation, signal: AbortSignal): Promise<void> {
    if (how.type === 'quiet') await this.#untilQuiet(how.quietMs, signal);
    else await this.#ask(how.request, signal);
    this.#outOfStep = false;
  }

  async #ask<T>(
    request: WireRequest<T>,
    signal: AbortSignal,
    record?: (done: ExchangeRecord) => void,
    beforeWrite?: () => void,
  ): Promise<T> {
    const quietLeftMs = this.#lastByteAt + this.#quietBeforeSendMs - performance.now();
    if (quietLeftMs > 0) await this.#untilQuiet(this.#quietBeforeSendMs, signal);
    this.#throwIfOver(signal);
    const received: Uint8Array[] | null = record === undefined ? null : [];
    this.#buffer = new Uint8Array();
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    const pending: Pending = {
      request: received === null ? request : recording(request, received),
      settle: (end) => ('error' in end ? reject(end.error) : resolve(end.value as T)),
      timer: null,
    };
    this.#pending = pending;
    const abandon = () => this.#abandon(pending, signal);
    signal.addEventListener('abort', abandon, { once: true });
    try {
      beforeWrite?.();
      this.#transport.write(request.bytes).then(
        () => {
          this.#lastByteAt = performance.now();
          if (this.#pending === pending) pending.timer = setTimeout(() => this.#late(pending), request.replyTimeoutMs);
        },
        (error) => this.#pending === pending && this.#end({ error: AgentError.from(error) }),
      );
      return await promise;
    } finally {
      signal.removeEventListener('abort', abandon);
      record?.({ label: request.label, sent: request.bytes, received: concatBytes(...(received ?? [])) });
    }
  }

  #receive(chunk: Uint8Array): void {
    this.#lastByteAt = performance.now();
    this.#wake?.();
    if (this.#pending === null) return;
    this.#buffer = this.#buffer.length === 0 ? Uint8Array.from(chunk) : concatBytes(this.#buffer, chunk);
    this.#match();
  }

  #match(): void {
    const pending = this.#pending;
    if (pending === null || this.#buffer.length === 0) return;
    const progress = pending.request.match(this.#buffer);
    if (progress.kind === 'reply') {
      this.#buffer = this.#buffer.subarray(progress.consumed);
      this.#end({ value: progress.value });
    } else if (progress.kind === 'bad') {
      this.#outOfStep = true;
      this.#end({ error: this.#badReply(pending.request.label, progress.expected, progress.seen) });
    } else if (progress.discard !== undefined && progress.discard > 0) {
      this.#buffer = this.#buffer.subarray(progress.discard);
    }
  }

  /** A timer that fires late may beat bytes that are here already: the port is drained once before it counts. */
  #late(pending: Pending): void {
    setImmediate(() => {
      if (this.#pending !== pending) return;
      this.#outOfStep = true;
      const { label, replyTimeoutMs } = pending.request;
      const error =
        this.#buffer.length > 0
          ? this.#badReply(label, 'a whole reply', toHex(this.#buffer, 16))
          : new AgentError(
              'no_reply',
              `${this.#name} did not answer "${label}" within ${Math.round(replyTimeoutMs)} ms.`,
              {
                hint: 'Is it switched on, is the cable in, and does its speed and parity match? Then test.',
                details: { device: this.#name, expected: label, seen: 'nothing' },
              },
            );
      this.#end({ error });
    });
  }

  #badReply(label: string, expected: string, seen: string): AgentError {
    return new AgentError(
      'bad_reply',
      `${this.#name} answered "${label}" unreadably: expected ${expected}, saw ${seen}.`,
      {
        hint: 'Check speed and parity, or choose another driver.',
        details: { device: this.#name, expected, seen },
      },
    );
  }

  /** The caller goes; the exchange is finished without it, so that its reply reaches nobody else. */
  #abandon(pending: Pending, signal: AbortSignal): void {
    if (this.#pending !== pending || pending.settle === null) return;
    const leave = pending.settle;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#orphan = promise;
    pending.settle = () => {
      this.#orphan = null;
      resolve();
    };
    leave({ error: callEnded(signal) });
  }

  #end(end: { readonly value: unknown } | { readonly error: AgentError }): void {
    const pending = this.#pending;
    if (pending === null) return;
    this.#pending = null;
    if (pending.timer !== null) clearTimeout(pending.timer);
    pending.settle?.(end);
  }

  /** Waits until nothing has arrived for `quietMs`, or rejects when the call ends first. */
  async #untilQuiet(quietMs: number, signal: AbortSignal): Promise<void> {
    const start = performance.now();
    for (;;) {
      this.#throwIfOver(signal);
      const now = performance.now();
      const leftMs = Math.max(this.#lastByteAt, start - quietMs) + quietMs - now;
      if (leftMs <= 0 || now - start > LONGEST_QUIET_WAIT_MS) return;
      await new Promise<void>((resolve) => {
        const timer = setTimeout(done, leftMs);
        const wake = () => done();
        function done() {
          clearTimeout(timer);
          signal.removeEventListener('abort', wake);
          resolve();
        }
        this.#wake = wake;
        signal.addEventListener('abort', wake, { once: true });
      });
      this.#wake = null;
    }
  }

  #throwIfOver(signal: AbortSignal): void {
    if (this.#lost !== null) throw this.#lost;
    if (signal.aborted) throw callEnded(signal);
  }
}

/** Why a call's signal ended it, as an `AgentError`. */
export function callEnded(signal: AbortSignal): AgentError {
  return signal.reason instanceof AgentError ? signal.reason : new AgentError('cancelled', 'The call was cancelled.');
}

/** The same request, keeping what its matcher last saw. */
function recording(request: WireRequest<unknown>, received: Uint8Array[]): WireRequest<unknown> {
  return {
    ...request,
    match: (buffer) => {
      received.splice(0, received.length, buffer);
      return request.match(buffer);
    },
  };
}
