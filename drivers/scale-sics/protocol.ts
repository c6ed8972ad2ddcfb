import { decodeLatin1, encodeLatin1, formatDecimal, matchLines, parseDecimal, type WireRequest } from '../kit/index.ts';
import {
  type Answer,
  answersTo,
  isGeneralError,
  type JudgeLine,
  judgeDone,
  judgeText,
  judgeWeight,
  judgeWeightOrBare,
  type Weight,
} from './answer.ts';
import { sicsUnits } from './units.table.ts';

const CRLF = '\r\n';
/** Commands of which every state of the scale stays as it was. `I10` and `TA` with a parameter write; `SIR` starts a stream; `@` clears the tare. */
const harmlessCommand = /^(?:S|SI|I[0-5]|I10|I11|TA)\r\n$/;

/** Whether these bytes are one whole question that changes nothing. */
export function isHarmless(bytes: Uint8Array): boolean {
  return harmlessCommand.test(decodeLatin1(bytes));
}

/** A command and how its answer reads. */
export interface SicsCommand<T> {
  /** What its answers begin with. */
  readonly id: string;
  readonly text: string;
  readonly label: string;
  readonly judge: JudgeLine<T>;
}

/** `SI`: the net weight now, settled or not. */
export const readWeightNow: SicsCommand<Weight> = {
  id: 'S',
  text: 'SI',
  label: 'read the weight now (SI)',
  judge: judgeWeight('S', ['S', 'D']),
};

/** `S`: the net weight once it has settled; `S I` when it did not within the scale's own time-out. */
export const readWeightStable: SicsCommand<Weight> = {
  id: 'S',
  text: 'S',
  label: 'read the settled weight (S)',
  judge: judgeWeight('S', ['S']),
};

/** `TA` without parameter: the tare memory; null when a clone acknowledges without saying it. */
export const readTare: SicsCommand<Weight | null> = {
  id: 'TA',
  text: 'TA',
  label: 'read the tare (TA)',
  judge: judgeWeightOrBare('TA', ['A']),
};

/** `Z`: zero once settled; clears the tare memory. */
export const zero: SicsCommand<null> = {
  id: 'Z',
  text: 'Z',
  label: 'set to zero (Z)',
  judge: judgeDone('Z'),
};

/** `T`: take the load as tare once settled; null when a clone acknowledges without the weight. */
export const takeTare: SicsCommand<Weight | null> = {
  id: 'T',
  text: 'T',
  label: 'tare (T)',
  judge: judgeWeightOrBare('T', ['S', 'A']),
};

/** `TAC`: clear the tare memory; the answer carries no weight. */
export const clearTare: SicsCommand<null> = {
  id: 'TAC',
  text: 'TAC',
  label: 'clear the tare (TAC)',
  judge: judgeDone('TAC'),
};

/** `TA v u`: set the tare memory. `unit` is the scale's own symbol; the scale rounds to its readability. */
export function presetTare(value: string, unit: string): SicsCommand<Weight | null> {
  const decimal = parseDecimal(value);
  if (decimal === null || decimal.unscaled < 0n || !Object.hasOwn(sicsUnits, unit)) {
    throw new RangeError(`not a tare: ${value} ${unit}`);
  }
  const text = `TA ${formatDecimal(decimal)} ${unit}`;
  return { id: 'TA', text, label: `set the tare (${text})`, judge: judgeWeightOrBare('TA', ['A']) };
}

/** `I2` to `I4`, `I11`: one text each. */
export function readText(id: 'I2' | 'I3' | 'I4' | 'I11'): SicsCommand<string> {
  return { id, text: id, label: `${textLabels[id]} (${id})`, judge: judgeText(id) };
}

const textLabels = {
  I2: 'read the model and capacity',
  I3: 'read the firmware version',
  I4: 'read the serial number',
  I11: 'read the model',
} as const;

/** The bytes of a command, ended as every MT-SICS command is: CR LF. */
export function encode(command: { readonly text: string }): Uint8Array {
  return encodeLatin1(command.text + CRLF);
}

/** The command as one exchange. An echo of the command, as two-wire adapters make it, is passed over. */
export function request<T>(command: SicsCommand<T>, replyTimeoutMs: number): WireRequest<Answer<T>> {
  const match = matchLines<Answer<T>>((line) => (line === command.text ? { kind: 'skip' } : command.judge(line)));
  return { bytes: encode(command), label: command.label, match, replyTimeoutMs };
}

/**
 * Asks for the serial number and gives what the scale said to `command` before it answered that; null when nothing.
 * `ES`, `ET` and `EL` name no command: the scale may have said so about line noise before the command and then done it.
 * It answers in order, so that after this question the matter is settled.
 */
export function requestLateAnswer<T>(command: SicsCommand<T>, replyTimeoutMs: number): WireRequest<Answer<T> | null> {
  const match = matchLines<Answer<T> | null>((line, before) => {
    if (answersTo(command.id, line)) return { kind: 'more' };
    if (!answersTo('I4', line)) return { kind: 'skip' };
    const late = before.map(command.judge).find((verdict) => verdict.kind === 'reply');
    return { kind: 'reply', value: late?.kind === 'reply' ? late.value : null };
  });
  return { bytes: encode({ text: 'I4' }), label: 'read the serial number (I4)', match, replyTimeoutMs };
}

/**
 * Gets back in step: everything up to the answer to `I4` is dropped, also half a line that it is stuck to and errors
 * about what was sent before. The answer carries the serial number, so nothing else can be mistaken for it.
 */
export function requestResynchronisation(replyTimeoutMs: number): WireRequest<unknown> {
  return {
    bytes: encode({ text: 'I4' }),
    label: 'get back in step (I4)',
    match: matchLines<null>((line) =>
      !isGeneralError(line) && /I4 [AIL]/.test(line) ? { kind: 'reply', value: null } : { kind: 'skip' },
    ),
    replyTimeoutMs,
  };
}
