import {
  AgentError,
  concatBytes,
  decodeLatin1,
  encodeLatin1,
  fromHex,
  type Identification,
  type ReplyProgress,
  toHex,
  type WireRequest,
} from '../kit/index.ts';

/** SYN M CR: what begins a menu command. */
const MENU = fromHex('16 4D 0D');
/** At the end of a menu answer: ACK done, ENQ no such command, NAK a value that it does not have. */
const VERDICT = `[${String.fromCharCode(0x06, 0x05, 0x15)}][.!]`;
const lateAnswer = new RegExp(`^(REVINF|CBRENA)[^\\r\\n]{0,16}?${VERDICT}`);
const ANSWER_MS = 2_000;
/** Keys of the lines of a REVINF answer, as models of several years give them. */
const revisionKey =
  /^(Product Name|Boot Revision|Software Part Number|Software Revision|Serial Number|Supported IF|PCB Assembly ID|Engine [A-Za-z ]+|Firmware [A-Za-z ]+): ?/;

/** Whether this is one of the two questions that a Honeywell scanner is ever asked. */
export function isHarmless(bytes: Uint8Array): boolean {
  const hex = toHex(bytes);
  return [askRevision.bytes, askEnabled.bytes].some((question) => toHex(question) === hex);
}

/** `REVINF.`: model, serial number and firmware, a line each. */
export const askRevision: WireRequest<Identification> = {
  bytes: concatBytes(MENU, encodeLatin1('REVINF.')),
  label: 'which model (REVINF)',
  match: matchAnswer('REVINF', readRevision),
  replyTimeoutMs: ANSWER_MS,
};

/** `CBRENA?.`: whether Codabar is enabled; any answer, also a refusal, proves that the scanner is there. */
export const askEnabled: WireRequest<null> = {
  bytes: concatBytes(MENU, encodeLatin1('CBRENA?.')),
  label: 'whether it answers (CBRENA?)',
  match: matchAnswer('CBRENA', () => null),
  replyTimeoutMs: ANSWER_MS,
};

/** Whether a line is part of a REVINF answer, which came late then, and no code. */
export function isRevisionLine(line: Uint8Array): boolean {
  return revisionKey.test(decodeLatin1(line));
}

/** How many bytes at the front are the end of an answer, which has no line end of its own. */
export function lateAnswerLength(buffer: Uint8Array): number {
  return lateAnswer.exec(decodeLatin1(buffer.subarray(0, 32)))?.[0].length ?? 0;
}

function matchAnswer<T>(tag: string, read: (lines: readonly string[]) => T) {
  const end = new RegExp(`${tag}[^\\r\\n]{0,16}?${VERDICT}`);
  return (buffer: Uint8Array): ReplyProgress<T> => {
    const text = decodeLatin1(buffer);
    const found = end.exec(text);
    const head = text.slice(0, found?.index ?? text.length);
    const lines = head.split(/(?<=\n|\r(?!\n))/);
    if (found === null) {
      // Codes that were scanned before it began to answer.
      let discard = 0;
      for (const line of lines) {
        if (!/[\r\n]$/.test(line) || revisionKey.test(line)) break;
        discard += line.length;
      }
      return { kind: 'incomplete', discard };
    }
    const answer = lines.filter((line) => revisionKey.test(line));
    const others = lines.filter((line) => !revisionKey.test(line));
    return {
      kind: 'reply',
      value: read(answer),
      consumed: found.index + found[0].length,
      passedOver: encodeLatin1(others.join('')),
    };
  };
}

function readRevision(lines: readonly string[]): Identification {
  const values = new Map(
    lines.map((line) => {
      const [key = ''] = line.split(':', 1);
      return [key, line.slice(key.length + 1).trim()] as const;
    }),
  );
  const model = values.get('Product Name') ?? '';
  if (model === '') {
    throw new AgentError('device_refused', 'The scanner did not tell its model.', {
      hint: 'Set make to "other" if it is none of Honeywell\'s.',
      details: { expected: 'Product Name', seen: [...values.keys()].join(', ') },
    });
  }
  const serial = values.get('Serial Number') ?? '';
  const firmware = values.get('Software Part Number') ?? '';
  return {
    manufacturer: 'Honeywell',
    model,
    protocolSerial: serial === '' || serial === 'N/A' ? null : serial,
    details: firmware === '' ? {} : { firmware },
  };
}
