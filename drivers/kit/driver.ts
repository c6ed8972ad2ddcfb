import type { z } from 'zod';
import type { DriverContext } from './driver-context.ts';
import type { Disturbance, FirstQuestions } from './first-questions.ts';
import type { Identification } from './identification.ts';
import type { JsonObject } from './json.ts';
import type { Link, WireRequest } from './link.ts';
import type { LinkType } from './links.ts';
import type { SerialSettings } from './serial-settings.ts';
import type { Stream } from './stream.ts';
import type { Plan, ReadTool, Release, SideEffectTool } from './tools.ts';

/** How a driver's devices are reached over a serial port. */
export interface SerialLinkDefinition {
  /** What the device is set to when it leaves the factory; configuration may override each. */
  readonly defaults: SerialSettings;
  /** A break on the line changes nothing on these devices that a person would mind; else none is sent ({@link WireRequest.breakMs}). */
  readonly harmlessBreak?: true;
  /** Silence required on the line before a frame is sent, in milliseconds. */
  readonly quietBeforeSendMs?: (settings: SerialSettings) => number;
}

/** A network socket that takes the same bytes, raw. Only configured addresses are ever connected to. */
export type TcpLinkDefinition = Readonly<Record<string, never>>;

/** Reports of a HID interface. A chunk on this link is one frame of the HID link's framing, never a part of one. */
export type HidLinkDefinition = Readonly<Record<string, never>>;

/** A printer class interface (USB Printing Devices 1.1): bytes go to its bulk OUT endpoint and come from its bulk IN. */
export type UsbPrinterLinkDefinition = Readonly<Record<string, never>>;

/** What the devices of a driver can hang on: at least one. */
export interface LinkDefinitions {
  readonly serial?: SerialLinkDefinition;
  readonly tcp?: TcpLinkDefinition;
  readonly hid?: HidLinkDefinition;
  readonly usb_printer?: UsbPrinterLinkDefinition;
}

/**
 * A passive mark of a product: descriptors only. Every field that is given must match; text fields are compared whole
 * when they are strings.
 */
export interface Fingerprint {
  /** The product's market name. */
  readonly label: string;
  /** A real descriptor, as reported, that this matches. */
  readonly sample: string;
  readonly vendorId?: string;
  readonly productId?: string;
  readonly manufacturer?: RegExp | string;
  readonly product?: RegExp | string;
  /** A product text that shows that it is something else with the same ids. */
  readonly exceptProduct?: RegExp;
  /** One of the HID interface's top-level usages, page and usage: `008d:0020`. */
  readonly usage?: RegExp | string;
  /** In the printer's IEEE 1284 device id: `MFG:EPSON;CMD:ESC/POS;`. */
  readonly ieee1284Id?: RegExp;
  /** The link on which the mark holds; absent: on each of the driver's. */
  readonly on?: LinkType;
  /**
   * `product`: these marks stand for this product family alone. `candidate`: the mark says what the cable is, not what
   * is behind it (an RS-485 adapter), so the listing is proposed but never certain.
   */
  readonly strength: 'product' | 'candidate';
}

/** How a session gets back in step after a reply that was abandoned, came late, or never came. */
export type Resynchronisation =
  /** The line must be silent for this long; what arrives meanwhile is dropped. */
  /**
   * Silence. `lateMs`: an answer that was given up may come this much later, and can't be told from the next one: until it
   * has come, or so long, the same device is asked nothing.
   */
  | { readonly type: 'quiet'; readonly quietMs: number; readonly lateMs?: number }
  /** A harmless question whose reply can't be mistaken for another's; everything before that reply is dropped. */
  | { readonly type: 'question'; readonly request: WireRequest<unknown> }
  /** Nothing has to be done: the link ends a request before the next begins, and keeps answers apart (HID). */
  | { readonly type: 'none' };

/** Several devices on one wire, told apart by a unit address. */
export interface BusDefinition {
  readonly minUnit: number;
  readonly maxUnit: number;
}

/** One of the driver's tools. */
export type Tool = ReadTool | SideEffectTool;

/** What a driver family is; `defineDriver` checks it. Data first; everything that touches the wire goes through a {@link Link}. */
export interface Driver {
  /** The listing id, `cn-...`; also the folder name without `cn-`. */
  readonly id: `cn-${string}`;
  /** Semantic version of the driver. */
  readonly version: string;
  readonly title: string;
  /** One or two sentences for the catalogue. */
  readonly summary: string;
  /** `scale`, `modbus`, `printer`...: for grouping. */
  readonly category: string;
  /** Models known to speak it. */
  readonly models: readonly string[];
  /** Manuals, by title and page or chapter. */
  readonly manuals: readonly string[];
  readonly links: LinkDefinitions;
  readonly bus: BusDefinition | null;
  /** Configuration keys of this listing beyond `device`, `unit` and the serial settings; strict, with defaults. */
  readonly options: z.ZodObject;
  readonly fingerprints: readonly Fingerprint[];
  /** Every capability this listing can have under some configuration, sorted. */
  readonly capabilities: readonly string[];
  /**
   * Whether these bytes, sent to any state of the device, change nothing a person would mind. The gate for every frame
   * sent without a permit, so it is an allow-list: unknown bytes are not harmless.
   */
  readonly isHarmless: (bytes: Uint8Array) => boolean;
  /**
   * The tools under these (parsed) options. `unit` is the bus address, null off a bus. The tool that reads
   * {@link Driver.stream} is the host's own and not among them.
   */
  readonly tools: (context: DriverContext) => readonly Tool[];
  readonly resynchronise: (context: DriverContext) => Resynchronisation;
  /** Harmless questions that tell who the device is. Only called on request, or when a session opens. */
  readonly identify: (link: Link, context: DriverContext) => Promise<Identification>;
  /** How an unknown device is asked whether it is one of these; absent: only by name. */
  readonly firstQuestions?: FirstQuestions;
  /**
   * What a device of this family does when it gets these bytes, in one piece or several, from someone who takes it for
   * something else; null: nothing that a person would mind. Absent: nothing it does not understand does anything.
   */
  readonly disturbedBy?: (bytes: Uint8Array) => Disturbance | null;
  /** One cheap harmless exchange that proves the device answers. */
  readonly healthCheck: (link: Link, context: DriverContext) => Promise<void>;
  /** Refuses options that don't go together, or not with what the device hangs on (null: not known yet): throws `invalid_parameter` naming the key. */
  readonly checkOptions?: (options: JsonObject, link: LinkType | null) => void;
  /** What a device with these options sends without being asked; not on a bus. Absent: nothing. */
  readonly stream?: (context: DriverContext) => Stream | null;
  /** Whether a device with these options can't be asked anything: an open port is then all that health can say. */
  readonly isMute?: (context: DriverContext) => boolean;
  /**
   * Switches the timed output of `plan` off and makes sure of it, sending the plan's release frames and harmless ones.
   * Also called for a plan that comes back from disk, under whatever options are set now. Throws when it is not sure.
   */
  readonly release?: (link: Link, plan: Plan, context: DriverContext) => Promise<Release>;
}
