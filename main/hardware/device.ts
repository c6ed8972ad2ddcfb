import type { ErrorCode, JsonObject, LinkType } from '../../drivers/kit/index.ts';

/** What the bus (or a configuration's declaration) says a device is. Null where it says nothing. */
export interface Descriptor {
  readonly vendor_id: string | null;
  readonly product_id: string | null;
  readonly manufacturer: string | null;
  readonly product: string | null;
  readonly serial_number: string | null;
  /** USB interface number of a composite device. */
  readonly interface: string | null;
  /** Where it is plugged in, as the bus names places: `pci-0000:00:14.0-usb-0:1.2:1.0`. */
  readonly topology: string | null;
  /** Top-level usages of a HID interface, page and usage in lower-case hex: `008d:0020`. Empty off HID. */
  readonly usages: readonly string[];
  /** What a printer class interface says of itself (IEEE 1284 device id); null where it was not read. */
  readonly ieee1284_id: string | null;
}

/** How a device is known again, best first (contract section 3). */
export type Confidence = 'protocol_serial' | 'serial' | 'port' | 'path' | 'ambiguous';

/** A listing that may be right for a device. */
export interface RecognitionCandidate {
  readonly listing: string;
  /** 0 to 100; only for ordering. People see the word in {@link Recognition.certainty}. */
  readonly score: number;
  readonly reason: string;
}

/** What passive recognition made of the descriptors. */
export interface Recognition {
  readonly listing: string | null;
  readonly certainty: 'certain' | 'likely' | 'unclear';
  readonly reason: string;
  /** The chosen one and the runners-up, best first. */
  readonly candidates: readonly RecognitionCandidate[];
  /** A bridge chip that many products use: identify to find out what is behind it. */
  readonly shared_adapter: boolean;
}

/** Another program that holds the port, or null. A connector's ownership is added by who knows connectors. */
export interface PortHolder {
  readonly name: string;
  readonly pid: number;
}

/** Why a device can't be used at the moment. */
export interface DeviceProblem {
  readonly reason: ErrorCode;
  readonly message: string;
  readonly hint: string;
}

/** One openable interface of a physical unit; on a bus, one unit address. Survives structured clone. */
export interface Device {
  readonly id: string;
  /** The physical unit (`unit:...`) this interface belongs to, or for a bus unit the `dev_` id of its port. */
  readonly parent: string | null;
  readonly bus: LinkType;
  /** Path of the port at present, or the last one when absent; on the network `tcp://host:port` or `rfc2217://host:port`. */
  readonly path: string;
  /** Address on the bus; null off a bus. */
  readonly unit: number | null;
  /** On the network: configured. Whether it is there shows when a connector uses it. */
  readonly present: boolean;
  /** Set by configuration for devices at the far end of a simulator. */
  readonly simulated: boolean;
  /** The descriptor comes from configuration, not from a bus. */
  readonly declared: boolean;
  /** On the network, and known by the word of a person, who may take it back; false for configured paths and for units. */
  readonly added: boolean;
  readonly descriptor: Descriptor;
  readonly identity: {
    readonly confidence: Confidence;
    /** For people: what the confidence rests on. */
    readonly explanation: string;
    /** The serial number the device reported over its protocol, once asked. */
    readonly protocol_serial: string | null;
    /** A person has to say that this is the right unit before a side effect is allowed, unless its tool is content with the socket. */
    readonly needs_confirmation: boolean;
  };
  readonly recognition: Recognition;
  /** What it was found to be set to when it answered: line settings and options, to install it with. */
  readonly found: { readonly listing: string; readonly config: JsonObject } | null;
  readonly holder: PortHolder | null;
  readonly problem: DeviceProblem | null;
  /** Why nothing can be installed on it as it is set; present: also its problem. */
  readonly obstacle?: DeviceProblem;
  readonly first_seen_at: string;
  readonly last_seen_at: string;
}

/** A stored description of a device, kept so that its id survives a restart. Opaque to the store. */
export interface RememberedDevice {
  readonly id: string;
  readonly data: JsonObject;
}

/** Where the device side keeps what it must know again after a restart. */
export interface DeviceMemory {
  load(): Promise<readonly RememberedDevice[]>;
  /** Resolves when stored. */
  save(device: RememberedDevice): Promise<void>;
  /** Resolves when nothing of it is stored any more. Unknown ids are fine. */
  forget(deviceId: string): Promise<void>;
}
