import { AgentError, toHex, type WireRequest } from '../../../drivers/kit/index.ts';

/** Nothing readable came in time. */
export function noReply(request: WireRequest<unknown>, deviceName: string, received: Uint8Array): AgentError {
  const seen = received.length === 0 ? 'nothing' : toHex(received, 32);
  return new AgentError(
    'no_reply',
    `${deviceName} did not answer within ${request.replyTimeoutMs} ms to: ${request.label}. Received: ${seen}.`,
    {
      hint: 'Check that it is switched on, the cable, and that speed and format are those set on the device.',
      details: { device: deviceName, request: request.label, expected: 'an answer', seen },
    },
  );
}

/** The device stopped taking the frame, and told how far it came. */
export function tookNoMore({ label, bytes }: WireRequest<unknown>, deviceName: string, taken: number): AgentError {
  return new AgentError(
    'no_reply',
    `${deviceName} took ${taken} of ${bytes.length} bytes and then no more: ${label}. The rest was not sent.`,
    {
      hint: 'Look whether it is ready, out of paper or open: what it has taken it may still print. It is opened anew.',
      details: { device: deviceName, request: label, reason: 'held', taken_bytes: taken, of_bytes: bytes.length },
    },
  );
}

/** The same error, with how much of the frame the device had taken, where that is known. */
export function countTaken(
  error: AgentError,
  { bytes, label }: WireRequest<unknown>,
  taken: number | null,
): AgentError {
  if (taken === null) return error;
  const told = `${error.message} It had taken ${taken} of ${bytes.length} bytes: ${label}.`;
  return new AgentError(error.code, told, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...error.details, taken_bytes: taken, of_bytes: bytes.length },
    cause: error,
  });
}

/** The device has no way to answer. */
export function cantAnswer({ label }: WireRequest<unknown>, deviceName: string): AgentError {
  return new AgentError('unsupported_setting', `${deviceName} has no way to answer, so it was not asked: ${label}.`, {
    hint: 'Its USB interface only takes data. Set answers to false: what is printed then counts as sent, not confirmed.',
    details: { device: deviceName, request: label, reason: 'one_way' },
  });
}

/** There is no printer class interface to ask. */
export function noPrinterPort(deviceName: string): AgentError {
  return new AgentError('not_supported', `${deviceName} is no printer class interface: its port has no status.`, {
    details: { device: deviceName },
  });
}

/** A serial line held the rest of a frame back. */
export function halfSent(request: WireRequest<unknown>, deviceName: string, atMost: number | null): AgentError {
  return new AgentError(
    'no_reply',
    `${deviceName} did not let everything be sent: ${request.label}.${howMuch(request, atMost)}`,
    {
      hint: 'It holds its flow control line: look whether it is ready, out of paper or switched off. The port is opened anew.',
      details: { device: deviceName, request: request.label, reason: 'flow_control', ...countOf(request, atMost) },
    },
  );
}

/** A transport had not taken all of a frame when the wait was over. */
export function interrupted(request: WireRequest<unknown>, deviceName: string, atMost: number | null): AgentError {
  return new AgentError(
    'no_reply',
    `${deviceName} had not taken everything when the wait was over: ${request.label}.${howMuch(request, atMost)}`,
    {
      hint: 'Look whether it is ready and switched on. It is opened anew.',
      details: { device: deviceName, request: request.label, reason: 'not_taken', ...countOf(request, atMost) },
    },
  );
}

/** What came is no answer. */
export function badReply(
  request: WireRequest<unknown>,
  deviceName: string,
  { expected, seen }: { readonly expected: string; readonly seen: string },
): AgentError {
  return new AgentError(
    'bad_reply',
    `${deviceName} gave an unreadable answer to: ${request.label}. Expected ${expected}, received ${seen}.`,
    {
      hint: 'Check speed and format, the cable, and that the device is the model of this listing.',
      details: { device: deviceName, request: request.label, expected, seen },
    },
  );
}

/** Nothing was heard for so long that the connection may be dead. */
export function deadConnection(deviceName: string, silentMs: number): AgentError {
  const seconds = Math.round(silentMs / 1000);
  return new AgentError(
    'no_reply',
    `${deviceName} has answered nothing for ${seconds} s: the connection may be dead, and is made anew.`,
    {
      hint: 'Check that it is switched on, and its network cable.',
      details: { device: deviceName, reason: 'half_open', expected: 'an answer', seen: `nothing for ${seconds} s` },
    },
  );
}

/** `atMost`: how many bytes can have left; null: not known. */
function howMuch({ bytes }: WireRequest<unknown>, atMost: number | null): string {
  return atMost === null ? '' : ` At most ${atMost} of ${bytes.length} bytes can have left.`;
}

function countOf({ bytes }: WireRequest<unknown>, atMost: number | null) {
  return { bytes: bytes.length, ...(atMost === null ? {} : { sent_bytes_at_most: atMost }) };
}
