import type { Confidence } from '../device.ts';
import { isDummySerial } from './serial-numbers.ts';

/** What a person or the device itself has said about which unit this is. */
export interface Confirmation {
  /** A person has to say that the right unit is there. */
  readonly needed: boolean;
  /** The serial number this device is known to report over its protocol. */
  readonly knownSerial: string | null;
  /** What it reported since it was plugged in; null until it is asked. */
  readonly reportedSerial: string | null;
}

/** Nothing said yet. */
export const unasked: Confirmation = { needed: false, knownSerial: null, reportedSerial: null };

/**
 * The device is there (again). A replug of what is known only by its place or path needs a person's word, for nothing
 * proves that the same unit came back; what can't be told apart always needs it; a restart of the agent doesn't.
 */
export function afterArrival(state: Confirmation, arrival: { isReplug: boolean; base: Confidence }): Confirmation {
  const unproven = arrival.base === 'ambiguous' || (arrival.isReplug && arrival.base !== 'serial');
  return { ...state, needed: state.needed || unproven, reportedSerial: null };
}

/** The device told its serial number; null when it has none. */
export function afterIdentification(state: Confirmation, serial: string | null): Confirmation {
  const reported = serial === null || isDummySerial(serial) ? null : serial;
  if (reported === null) return { ...state, reportedSerial: null };
  if (state.knownSerial === null) {
    // While a person's word is awaited, a first serial number proves nothing yet.
    return { ...state, reportedSerial: reported, knownSerial: state.needed ? null : reported };
  }
  return { ...state, reportedSerial: reported, needed: reported !== state.knownSerial };
}

/** A person says that this is the right unit: what it reports counts from now on. */
export function afterConfirmation(state: Confirmation): Confirmation {
  return {
    needed: false,
    knownSerial: state.reportedSerial ?? state.knownSerial,
    reportedSerial: state.reportedSerial,
  };
}

/** Whether the device has proven, since it was plugged in, to be the unit it is known as. */
export function isProven(state: Confirmation): boolean {
  return state.knownSerial !== null && state.reportedSerial === state.knownSerial;
}

/** Whether it reported another unit's serial number. */
export function isContradicted(state: Confirmation): boolean {
  return state.knownSerial !== null && state.reportedSerial !== null && state.reportedSerial !== state.knownSerial;
}
