/** A longer event is taken for an answer: notifications are short. */
const LONGEST_LOOKED_AT = 64 * 1024;

/** Follows server-sent events of JSON-RPC as they pass, to know at their end whether the answer was among them. */
export interface EventScanner {
  /** Events as `event: message`, `data: ...`, lines ended by a line feed (WHATWG HTML, section 9.2). */
  pass(text: string): void;
  /** Whether no event is in the middle. */
  readonly isBetween: boolean;
  /** Whether an answer (what has no `method`) has passed whole. */
  readonly hasAnswer: boolean;
}

/** Makes one for one stream. Keeps no more than the event that passes, and of that not more than it looks at. */
export function createEventScanner(): EventScanner {
  let event = '';
  let length = 0;
  let lineIsEmpty = true;
  let hasAnswer = false;
  const end = () => {
    if (length > LONGEST_LOOKED_AT) hasAnswer = true;
    else hasAnswer ||= isAnswer(event);
    event = '';
    length = 0;
  };
  return {
    pass(text) {
      let at = 0;
      while (at < text.length) {
        const found = text.indexOf('\n', at);
        const stop = found === -1 ? text.length : found + 1;
        const line = text.slice(at, stop);
        at = stop;
        length += line.length;
        if (event.length + line.length <= LONGEST_LOOKED_AT) event += line;
        lineIsEmpty &&= /^[\r\n]*$/.test(line);
        if (found === -1) continue;
        const isEmpty = lineIsEmpty;
        lineIsEmpty = true;
        if (isEmpty) end();
      }
    },
    get isBetween() {
      return length === 0;
    },
    get hasAnswer() {
      return hasAnswer;
    },
  };
}

function isAnswer(event: string): boolean {
  const data = event
    .split(/\r?\n/)
    .filter((line) => line.startsWith('data:'))
    .map((line) => line.slice('data:'.length))
    .join('\n');
  if (data.trim() === '') return false;
  try {
    const message: unknown = JSON.parse(data);
    return typeof message === 'object' && message !== null && !('method' in message);
  } catch {
    return false;
  }
}
