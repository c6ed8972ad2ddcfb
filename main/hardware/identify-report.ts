import type { Identification, JsonObject, SerializedAgentError } from '../../drivers/kit/index.ts';
import type { Device } from './device.ts';

/** One exchange with a device, hex both ways. */
export interface IdentifyExchange {
  readonly label: string;
  /** Empty for what was heard before anything was asked. */
  readonly sent: string;
  readonly received: string;
  /** As whose device it was asked; null for what was only heard. */
  readonly listing: string | null;
  /** `9600 8N1`; null where the link is no serial line. */
  readonly line: string | null;
}

/** One way in which a device was, or would be, asked. */
export interface IdentifyAttempt {
  readonly listing: string;
  readonly line: string | null;
  readonly unit: number | null;
  /**
   * `answered`: as no other kind of device does. `possible`: as this family may, and another might. `silent`: not at all.
   * `unreadable`: something else. `impossible`: the port can't be set so. `planned`: nothing was sent.
   */
  readonly outcome: 'answered' | 'possible' | 'silent' | 'unreadable' | 'impossible' | 'planned';
  readonly message: string | null;
  /** What the questions might still do, to a device that is none of those asked before. */
  readonly risks: readonly string[];
  /** What is sent before there is an answer, hex. */
  readonly frames: readonly string[];
}

/** The answer to `identify`. */
export interface IdentifyReport {
  /** On a bus the unit that answered, else the device that was asked. */
  readonly device: Device;
  /** As whose device it answered, or was asked; null when nothing answered to any family's questions. */
  readonly listing: string | null;
  /** Whether it answered as this listing's devices do. */
  readonly recognised: boolean;
  readonly identification: Identification | null;
  readonly error: SerializedAgentError | null;
  /** What was found to install it with: line settings, address, options. Empty when nothing was. */
  readonly config: JsonObject;
  /** Every byte both ways, in order: what was sent to this port, for the record. */
  readonly exchanges: readonly IdentifyExchange[];
  readonly attempts: readonly IdentifyAttempt[];
  /** Families that hang on such a link and were not asked. */
  readonly left_out: readonly { readonly listing: string; readonly reason: string }[];
  /** What no order of questions can rule out. */
  readonly warnings: readonly string[];
}

/** How far an identification over several families is. */
export interface IdentifyProgress {
  /** Attempts that are over, out of `total`. */
  readonly done: number;
  readonly total: number;
  /** What is asked now. */
  readonly listing: string;
  readonly line: string | null;
  readonly unit: number | null;
}
