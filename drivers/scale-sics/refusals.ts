import { AgentError, type ErrorCode } from '../kit/index.ts';
import type { Answer, RefusalReason } from './answer.ts';

interface Wording {
  readonly code: ErrorCode;
  readonly what: string;
  readonly hint: string;
}

const wordings: Readonly<Record<RefusalReason, Wording>> = {
  not_executable: {
    code: 'device_not_ready',
    what: 'the weight did not settle in time, or the scale is busy with something else',
    hint: 'Wait until the scale is at rest and its menu is closed, then call again.',
  },
  over_range: {
    code: 'out_of_range',
    what: 'the load is above the range in which it can',
    hint: 'Take load off the scale. For zero, the pan must be nearly empty.',
  },
  under_range: {
    code: 'out_of_range',
    what: 'the load is below the range in which it can',
    hint: 'Check that the pan is on and free. For zero, the weight shown must be near zero.',
  },
  parameter: {
    code: 'device_refused',
    what: 'a value is not possible on this scale at present',
    hint: 'Use the unit the scale is set to, and a value within its capacity.',
  },
  hardware_fault: {
    code: 'device_refused',
    what: 'the scale reports a fault of its own in place of a weight',
    hint: 'Note the number, switch the scale off and on, and call its service if the fault stays.',
  },
  syntax: {
    code: 'device_refused',
    what: 'the scale does not know this command',
    hint: 'The model may lack it (MT-SICS level 0 has no tare), or speak another protocol.',
  },
  transmission: {
    code: 'bad_reply',
    what: 'the scale received damaged characters',
    hint: 'Compare baud rate, data bits and parity of the connector with the scale, and check the cable.',
  },
  logical: {
    code: 'device_refused',
    what: 'the scale can not execute this command',
    hint: 'The model may lack it, or a menu is open at the scale.',
  },
};

/** The error for what a scale did not do. `purpose` completes "The scale did not ...": `tell the weight`. */
export function refusalError(refusal: Extract<Answer<unknown>, { kind: 'refused' }>, purpose: string): AgentError {
  const { code, what, hint } = wordings[refusal.reason];
  return new AgentError(code, `The scale did not ${purpose}: ${what} (it answered "${refusal.seen}").`, {
    hint,
    details: { reason: refusal.reason, seen: refusal.seen },
  });
}
