/** The half of the window's session that the page itself carries; the cookie is the other (neither works alone). */
const storageKey = 'fibric-edge.window';
const headerName = 'X-Fibric-Window';

/** What the agent refuses or fails with, as its envelope says it. */
export class RequestError extends Error {
  readonly status: number;
  readonly code: string;
  readonly hint: string | null;

  constructor(status: number, code: string, message: string, hint: string | null) {
    super(message);
    this.status = status;
    this.code = code;
    this.hint = hint;
  }
}

/** What the page sends of the window's session with each request; nothing when this tab is not signed in. */
export function windowHeaders(): Readonly<Record<string, string>> {
  const secret = sessionStorage.getItem(storageKey);
  return secret === null ? {} : { [headerName]: JSON.parse(secret) };
}

function headers(body: boolean): Headers {
  return new Headers({ ...(body ? { 'content-type': 'application/json' } : {}), ...windowHeaders() });
}

/** The error in an answer that is none. */
export async function failure(response: Response): Promise<RequestError> {
  const text = await response.text();
  try {
    const { error } = JSON.parse(text);
    return new RequestError(
      response.status,
      String(error.code),
      String(error.message),
      error.details?.hint ?? error.details?.upstream?.hint ?? null,
    );
  } catch {
    return new RequestError(
      response.status,
      'bad_answer',
      `The agent answered ${response.status} without saying why.`,
      null,
    );
  }
}

/** Sends one request; resolves with its JSON, rejects with a {@link RequestError} or, when nothing answers, a TypeError. */
export async function request<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const response = await fetch(path, {
    method,
    headers: headers(body !== undefined),
    credentials: 'same-origin',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    ...(signal === undefined ? {} : { signal }),
  });
  if (!response.ok) throw await failure(response);
  return response.json();
}

/** One message of the agent's stream. */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
}

/** Yields the agent's events until the stream ends. `EventSource` can't carry our header, so this reads SSE itself. */
export async function* stream(path: string, signal: AbortSignal): AsyncGenerator<StreamMessage> {
  const response = await fetch(path, { headers: headers(false), credentials: 'same-origin', signal });
  if (!response.ok) throw await failure(response);
  if (response.body === null) return;
  let rest = '';
  for await (const text of response.body.pipeThrough(new TextDecoderStream())) {
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
