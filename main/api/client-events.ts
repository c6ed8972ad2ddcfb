/** One server-sent event. */
export interface ServerSentEvent {
  readonly name: string;
  /** The text of its data lines. */
  readonly data: string;
}

/** Reads server-sent events out of chunks of bytes, however they are cut (WHATWG HTML, section 9.2.6). */
export async function* readServerSentEvents(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<ServerSentEvent> {
  const decoder = new TextDecoder();
  let rest = '';
  let name = '';
  let data: string[] = [];
  for await (const chunk of chunks) {
    rest += decoder.decode(chunk, { stream: true });
    // A lone CR at the end may be half of a CRLF.
    const usable = rest.endsWith('\r') ? rest.length - 1 : rest.length;
    const lines = rest.slice(0, usable).split(/\r\n|\n|\r/);
    rest = (lines.pop() ?? '') + rest.slice(usable);
    for (const line of lines) {
      if (line === '') {
        if (data.length > 0) yield { name: name === '' ? 'message' : name, data: data.join('\n') };
        name = '';
        data = [];
        continue;
      }
      const colon = line.indexOf(':');
      const field = colon < 0 ? line : line.slice(0, colon);
      const value = colon < 0 ? '' : line.slice(colon + 1).replace(/^ /, '');
      if (field === 'event') name = value;
      else if (field === 'data') data.push(value);
    }
  }
}
