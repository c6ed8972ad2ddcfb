import { concatBytes, type WireRequest } from './link.ts';

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { fatal: true });

/** The methods a software source is asked with. */
export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'DELETE';

/**
 * What is asked of a software source: everything but where it is and who asks. The transport adds base URL and credential,
 * so that neither is in a plan, a journal row, or a driver.
 */
export interface HttpRequest {
  readonly method: HttpMethod;
  /** Below the base URL: begins with one `/`, holds visible ASCII only, no fragment. With its query. */
  readonly target: string;
  /** JSON text; null for none. */
  readonly body: string | null;
}

/** What a source answered, as far as drivers see it. */
export interface HttpResponse {
  readonly status: number;
  /** Lower-case names; only those the transport hands on: `content-type`, `retry-after`. */
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

const requestForm = /^(GET|POST|PUT|DELETE) (\/(?!\/)[!-"$-~]*)$/;

/**
 * The request as the frame that plan, permit and gate deal with: `METHOD target`, an empty line, the body. Two requests
 * are the same exactly when their bytes are. Throws a `TypeError` for a target that could mean another place.
 */
export function encodeHttpRequest({ method, target, body }: HttpRequest): Uint8Array {
  const head = `${method} ${target}`;
  if (!requestForm.test(head) || climbs(target)) throw new TypeError(`not a request target: ${head}`);
  return encoder.encode(`${head}\r\n\r\n${body ?? ''}`);
}

/** The request that {@link encodeHttpRequest} gives these bytes for; null for all others. */
export function decodeHttpRequest(bytes: Uint8Array): HttpRequest | null {
  let text: string;
  try {
    text = decoder.decode(bytes);
  } catch {
    return null;
  }
  const end = text.indexOf('\r\n\r\n');
  const found = end < 0 ? null : requestForm.exec(text.slice(0, end));
  const [, method, target] = found ?? [];
  if (target === undefined || climbs(target)) return null;
  const body = text.slice(end + 4);
  switch (method) {
    case 'GET':
    case 'POST':
    case 'PUT':
    case 'DELETE':
      return { method, target, body: body === '' ? null : body };
    default:
      return null;
  }
}

/** Dot segments, plain or escaped, would leave the base URL's path. */
function climbs(target: string): boolean {
  const path = target.split('?', 1)[0] ?? '';
  return path.split('/').some((segment) => /^(?:\.|%2e){1,2}$/i.test(segment)) || path.includes('\\');
}

/** The answer as bytes, for {@link WireRequest.match}. */
export function encodeHttpResponse({ status, headers, body }: HttpResponse): Uint8Array {
  const lines = Object.entries(headers).map(([name, value]) => `${name}: ${value.replaceAll(/[\r\n]+/g, ' ')}\r\n`);
  return concatBytes(encoder.encode(`HTTP ${status}\r\n${lines.join('')}\r\n`), body);
}

/** The answer in bytes of {@link encodeHttpResponse}; null for all others. */
export function decodeHttpResponse(bytes: Uint8Array): HttpResponse | null {
  const end = indexOfBlankLine(bytes);
  if (end < 0) return null;
  const [first = '', ...lines] = new TextDecoder().decode(bytes.subarray(0, end)).split('\r\n');
  const status = /^HTTP (\d{3})$/.exec(first)?.[1];
  if (status === undefined) return null;
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(': ');
    if (colon > 0) headers[line.slice(0, colon)] = line.slice(colon + 2);
  }
  return { status: Number(status), headers, body: bytes.subarray(end + 4) };
}

/** What a driver makes of an answer. */
export type HttpReading<T> =
  | { readonly kind: 'reply'; readonly value: T }
  /** It can not be the answer to this question. */
  | { readonly kind: 'bad'; readonly expected: string; readonly seen: string };

/** A question to a software source. `read` is a pure function of the whole answer. */
export function httpExchange<T>(question: {
  readonly request: HttpRequest;
  readonly label: string;
  readonly replyTimeoutMs: number;
  readonly read: (response: HttpResponse) => HttpReading<T>;
}): WireRequest<T> {
  const { request, label, replyTimeoutMs, read } = question;
  return {
    bytes: encodeHttpRequest(request),
    label,
    replyTimeoutMs,
    match(buffer) {
      const response = decodeHttpResponse(buffer);
      if (response === null) return { kind: 'incomplete' };
      const reading = read(response);
      return reading.kind === 'bad' ? reading : { ...reading, consumed: buffer.length };
    },
  };
}

function indexOfBlankLine(bytes: Uint8Array): number {
  for (let at = bytes.indexOf(13); at >= 0; at = bytes.indexOf(13, at + 1)) {
    if (bytes[at + 1] === 10 && bytes[at + 2] === 13 && bytes[at + 3] === 10) return at;
  }
  return -1;
}
