import type { ServerResponse } from 'node:http';

const lastWordsMs = 2000;

/** One open stream of server-sent events (WHATWG HTML, section 9.2). */
export interface EventPipe {
  /** Sends now, or keeps it while the reader is slow; past the bound events are dropped and counted. */
  readonly send: (name: string, data: object) => void;
  /** Resolves when everything that was sent has left for the reader; never after the stream ended. */
  readonly drained: () => Promise<void>;
  /** Ends the stream after what is queued; idempotent. */
  readonly close: () => void;
  /** Resolves when the stream has ended, whoever ended it. */
  readonly ended: Promise<void>;
}

/** How a stream behaves. */
export interface EventPipeOptions {
  /** Between comments that show both sides that the connection lives, in milliseconds. */
  readonly heartbeatMs: number;
  /** How many events are kept for a slow reader. */
  readonly maxQueued: number;
  /** Each ends the stream at once; what is queued is dropped. */
  readonly signals: readonly AbortSignal[];
  /** What is sent in place of events that were dropped. */
  readonly gap: (lost: number) => { readonly name: string; readonly data: object };
}

/** Begins a stream on `response`; the reader sees a comment at once. */
export function openEventPipe(response: ServerResponse, options: EventPipeOptions): EventPipe {
  const { promise: ended, resolve } = Promise.withResolvers<void>();
  const queue: string[] = [];
  let lost = 0;
  let blocked = false;
  let open = true;
  let onDrained: (() => void)[] = [];

  const write = (text: string) => {
    if (!response.write(text)) blocked = true;
  };
  const flush = () => {
    blocked = false;
    while (!blocked) {
      const next = queue.shift();
      if (next === undefined) break;
      write(next);
    }
    if (!blocked && lost > 0) {
      const gap = options.gap(lost);
      lost = 0;
      write(encode(gap.name, gap.data));
    }
    if (blocked) return;
    const waiting = onDrained;
    onDrained = [];
    for (const resolve of waiting) resolve();
  };
  const heartbeat = setInterval(() => {
    if (!blocked) write(': alive\n\n');
  }, options.heartbeatMs);
  const finish = () => {
    if (!open) return;
    open = false;
    clearInterval(heartbeat);
    queue.length = 0;
    for (const signal of options.signals) signal.removeEventListener('abort', cut);
    response.off('drain', flush);
    resolve();
  };
  const end = () => {
    finish();
    response.end();
    // A reader that does not read would keep the connection of a revoked token open.
    const patience = setTimeout(() => response.destroy(), lastWordsMs);
    response.once('close', () => clearTimeout(patience));
  };
  const cut = () => {
    if (open) end();
  };
  const close = () => {
    if (!open) return;
    for (const text of queue) response.write(text);
    end();
  };

  response.on('drain', flush);
  response.once('close', finish);
  response.writeHead(200, {
    'Content-Type': 'text/event-stream; charset=utf-8',
    'Cache-Control': 'no-store, no-transform',
    'X-Accel-Buffering': 'no',
  });
  write(': open\n\n');
  for (const signal of options.signals) {
    if (signal.aborted) cut();
    else signal.addEventListener('abort', cut, { once: true });
  }
  if (response.destroyed) finish();

  return {
    send(name, data) {
      if (!open) return;
      if (blocked || lost > 0) {
        if (lost > 0 || queue.length >= options.maxQueued) lost += 1;
        else queue.push(encode(name, data));
        return;
      }
      write(encode(name, data));
    },
    drained: () => (blocked ? new Promise((resolve) => onDrained.push(resolve)) : Promise.resolve()),
    close,
    ended,
  };
}

function encode(name: string, data: object): string {
  return `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;
}
