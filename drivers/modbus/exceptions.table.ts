import type { ErrorCode } from '../kit/index.ts';

/** What an exception reply means, for a person and for the outcome of a write. */
export interface ExceptionMeaning {
  readonly name: string;
  readonly code: ErrorCode;
  /** Whether the unit says that it did not do what it was asked. False: it may have, or may still. */
  readonly notDone: boolean;
  readonly hint: string;
}

/** Exception codes (MODBUS Application Protocol V1.1b3, section 7). */
export const exceptions: Readonly<Record<number, ExceptionMeaning>> = {
  1: {
    name: 'illegal function',
    code: 'device_refused',
    notDone: true,
    hint: 'This model does not offer the function. Check that the connector uses the register map of this model.',
  },
  2: {
    name: 'illegal data address',
    code: 'device_refused',
    notDone: true,
    hint: 'This model has no such register or coil. Check that the connector uses the register map of this model.',
  },
  3: {
    name: 'illegal data value',
    code: 'device_refused',
    notDone: true,
    hint: 'The unit does not accept this value or count. Check that the connector uses the register map of this model.',
  },
  4: {
    name: 'server device failure',
    code: 'device_not_ready',
    notDone: false,
    hint: 'The unit failed while carrying out the request. Check the unit itself and its supply.',
  },
  5: {
    name: 'acknowledge',
    code: 'device_busy',
    notDone: false,
    hint: 'The unit accepted the request and needs long to carry it out. Ask for its state later.',
  },
  6: {
    name: 'server device busy',
    code: 'device_busy',
    notDone: true,
    hint: 'The unit is busy with a long command. Try again in a moment.',
  },
  7: {
    name: 'negative acknowledge',
    code: 'device_refused',
    notDone: true,
    hint: 'The unit can not carry out the request in its present state. Check its settings.',
  },
  8: {
    name: 'memory parity error',
    code: 'device_not_ready',
    notDone: false,
    hint: 'The unit found its own memory damaged. It may need service.',
  },
  10: {
    name: 'gateway path unavailable',
    code: 'device_not_ready',
    notDone: true,
    hint: 'The gateway is overloaded or its route to the unit is not configured. Check the gateway.',
  },
  11: {
    name: 'gateway target device failed to respond',
    code: 'no_reply',
    notDone: false,
    hint: 'The gateway got no answer from the unit. Check its power, wiring and address behind the gateway.',
  },
};

/** For a code that the specification does not name. */
export const unnamedException: ExceptionMeaning = {
  name: 'unnamed exception',
  code: 'device_not_ready',
  notDone: false,
  hint: 'The unit reported a code of its maker. Look it up in the manual of the unit.',
};
