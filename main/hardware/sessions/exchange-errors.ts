import { AgentError, toHex, type WireRequest } from '../../../drivers/kit/index.ts';
import type { BytesLeft } from './transport.ts';

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

/** The same error, with how much of the frame has left, where that is known. */
export function withBytesLeft(error: AgentError, request: WireRequest<unknown>, left: BytesLeft | null): AgentError {
  // A frame of nothing is a wait for what comes.
  if (left === null || request.bytes.length === 0) return error;
  return new AgentError(error.code, `${error.message}${howMuch(request, left)}`, {
    ...(error.hint === undefined ? {} : { hint: error.hint }),
    details: { ...error.details, request: request.label, ...countOf(request, left) },
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

/** Only a serial line has a break. */
export function noBreak(deviceName: string): AgentError {
  return new AgentError('not_supported', `${deviceName} hangs on no serial line: it can't be sent a break.`, {
    details: { device: deviceName },
  });
}

/** A serial line held the rest of a frame back. */
export function heldBack(request: WireRequest<unknown>, deviceName: string, left: BytesLeft | null): AgentError {
  return new AgentError(
    'no_reply',
    `${deviceName} did not let everything be sent: ${request.label}.${howMuch(request, left)}`,
    {
      hint: 'It holds its flow control line: look whether it is ready, out of paper or switched off. The port is opened anew.',
      details: { device: deviceName, request: request.label, reason: 'flow_control', ...countOf(request, left) },
    },
  );
}

/** Where there is no line to be held: the device, or what carries the bytes to it, takes no more. */
export function notTaken(request: WireRequest<unknown>, deviceName: string, left: BytesLeft | null): AgentError {
  return new AgentError(
    'no_reply',
    `${deviceName} had not taken everything when the wait was over: ${request.label}.${howMuch(request, left)}`,
    {
      hint: 'Look whether it is ready, out of paper, open or switched off: what it has taken it may still do. It is opened anew; the rest is not sent.',
      details: { device: deviceName, request: request.label, reason: 'not_taken', ...countOf(request, left) },
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

/** How many bytes have left, as a sentence with a space before it; empty where nothing is known. */
function howMuch({ bytes }: WireRequest<unknown>, left: BytesLeft | null): string {
  if (left === null) return '';
  const { atLeast, atMost } = left;
  const of = `of its ${bytes.length} bytes`;
  if (atLeast === atMost) return ` ${atMost} ${of} have left.`;
  if (atLeast === 0) return ` At most ${atMost} ${of} can have left.`;
  return ` At least ${atLeast} and at most ${atMost} ${of} have left.`;
}

function countOf({ bytes }: WireRequest<unknown>, left: BytesLeft | null) {
  if (left === null) return { bytes: bytes.length };
  return { bytes: bytes.length, sent_bytes_at_least: left.atLeast, sent_bytes_at_most: left.atMost };
}
