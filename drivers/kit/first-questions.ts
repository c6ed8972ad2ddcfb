import type { DriverContext } from './driver-context.ts';
import type { Identification } from './identification.ts';
import type { JsonObject } from './json.ts';
import type { Link } from './link.ts';
import type { LinkType } from './links.ts';
import type { SerialSettings } from './serial-settings.ts';

/** Speed and format of a serial line. Flow control is left out: nothing is known of the cable, so it is off. */
export type LineFormat = Omit<SerialSettings, 'flow_control'>;

/** One way in which an unknown device may be asked whether it is one of a family's. */
export interface FirstWay {
  /** Null where the link is no serial line. */
  readonly line: LineFormat | null;
  /** The driver's own options for it, complete but for defaults. */
  readonly options: JsonObject;
  /** Address on a bus; null off a bus. */
  readonly unit: number | null;
}

/** Where an unknown device hangs. */
export interface UnknownPlace {
  readonly link: LinkType;
  /** Addresses on the bus that a person has named; empty when none. */
  readonly units: readonly number[];
}

/** What an unknown device answered. */
export interface FirstAnswer {
  /** No other kind of device answers so. False: it answered as this family may, and another might too. */
  readonly sure: boolean;
  readonly identification: Identification;
  /** Options of the driver's that were found on the way; defaults left out. */
  readonly options: JsonObject;
}

/**
 * How a device of which nothing is known is asked whether it is one of this family, when a person wants to know what is
 * there. Without it a family is asked only by name. What each question does to devices of other families is worked out
 * from its bytes ({@link Driver.disturbedBy}), and decides whether and when it is asked.
 */
export interface FirstQuestions {
  /** The usual ways, likeliest first. */
  readonly ways: (place: UnknownPlace) => readonly FirstWay[];
  /** Every frame that may be sent before the device has answered, in order; the session refuses all others. Empty: it only listens. */
  readonly frames: (context: DriverContext) => readonly Uint8Array[];
  /**
   * Asks; once there is an answer, any harmless question may follow. Rejects with `no_reply`, `bad_reply`, or with
   * `device_refused`, `device_busy`, `device_not_ready` when it answers as this family does and won't say who it is.
   */
  readonly ask: (link: Link, context: DriverContext) => Promise<FirstAnswer>;
}

/** What bytes that were meant for another kind of device do to one of this family. */
export interface Disturbance {
  /** `marks`: it prints or shows them. `acts`: it opens, switches, tares, zeroes, moves, resets or keeps a setting. */
  readonly kind: 'marks' | 'acts';
  /** For people, after "would": `print "I4"`. */
  readonly what: string;
}
