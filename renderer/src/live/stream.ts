import { failure, windowHeaders } from './request.ts';

/** One message of the agent's stream. */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

/**
 * Opens a stream of the agent; resolves once it stands, with the messages until it ends. `EventSource` can't carry our
 * header, so this reads server-sent events itself. Rejects as `request` does.
 */
export async function streamMessages(
  path: string,
  signal: AbortSignal,
  { method = 'GET', body }: { readonly method?: string; readonly body?: object } = {},
): Promise<AsyncGenerator<StreamMessage>> {
  const response = await fetch(path, {
    method,
    headers: {
      ...windowHeaders(),
      accept: 'text/event-stream',
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    credentials: 'same-origin',
    signal,
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!response.ok) throw await failure(response);
  return read(response.body);
}

/** As {@link streamMessages}, for a request that tells how it goes on: each step is a message, the last one is the answer. */
export async function postForMessages(
  path: string,
  body: object,
  signal: AbortSignal,
): Promise<AsyncGenerator<StreamMessage>> {
  const response = await fetch(path, {
    method: 'POST',
    headers: { ...windowHeaders(), 'content-type': 'application/json', accept: 'text/event-stream' },
    credentials: 'same-origin',
    body: JSON.stringify(body),
    signal,
  });
  if (!response.ok) throw await failure(response);
  return read(response.body);
}

async function* read(body: ReadableStream<Uint8Array<ArrayBuffer>> | null): AsyncGenerator<StreamMessage> {
  if (body === null) return;
  let rest = '';
  for await (const text of body.pipeThrough(new TextDecoderStream())) {
    const { messages, left } = parseServerSentEvents(rest + text);
    rest = left;
    yield* messages;
  }
}

/** The whole messages in `text`, and the unfinished rest. Comments (keep-alives) vanish. */
export function parseServerSentEvents(text: string): {
  readonly messages: readonly StreamMessage[];
  readonly left: string;
} {
  const blocks = text.replaceAll('\r\n', '\n').split('\n\n');
  const left = blocks.pop() ?? '';
  const messages = blocks.flatMap((block) => {
    let event = 'message';
    const data: string[] = [];
    for (const line of block.split('\n')) {
      if (line.startsWith('event:')) event = line.slice(6).trim();
      else if (line.startsWith('data:')) data.push(line.slice(5).trimStart());
    }
    return data.length === 0 ? [] : [{ event, data: data.join('\n') }];
  });
  return { messages, left };
}
