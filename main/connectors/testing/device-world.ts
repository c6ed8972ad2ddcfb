import type { MinConfidence } from '../../../drivers/kit/index.ts';
import type { Device, ListingDescription, ToolDescription } from '../../hardware/index.ts';

/** What is at the far end of the cable. It outlives an agent that crashes. */
export interface DeviceWorld {
  readonly devices: Map<string, Device>;
  /** Every harmful frame that reached a device, in order. */
  readonly received: string[];
  /** State of each relay, by device and number. */
  readonly relays: Map<string, boolean>;
  /** How many frames each device has taken: the counter that `resolve` compares with. */
  readonly counts: Map<string, number>;
  /** Devices that don't answer. */
  readonly silent: Set<string>;
  /** What `relay.set` requires. */
  minConfidence: MinConfidence;
  /** Whether a device can tell what became of an effect. */
  canResolve: boolean;
}

/** A world of two relay boards and a bus adapter. */
export function createWorld(): DeviceWorld {
  const world: DeviceWorld = {
    devices: new Map(),
    received: [],
    relays: new Map(),
    counts: new Map(),
    silent: new Set(),
    minConfidence: 'serial',
    canResolve: true,
  };
  for (const device of [makeDevice('dev_a', 'A1'), makeDevice('dev_b', 'B2'), makeDevice('dev_bus', 'C3')]) {
    world.devices.set(device.id, device);
  }
  return world;
}

/** A present device with a serial number. */
export function makeDevice(id: string, serial: string, change: Partial<Device> = {}): Device {
  return {
    id,
    parent: null,
    bus: 'serial',
    path: `/dev/tty-${id}`,
    unit: null,
    present: true,
    simulated: false,
    declared: false,
    added: false,
    descriptor: {
      vendor_id: '0403',
      product_id: '6001',
      manufacturer: 'Maker',
      product: 'Relay board',
      serial_number: serial,
      interface: null,
      topology: null,
      usages: [],
      ieee1284_id: null,
    },
    identity: { confidence: 'serial', explanation: 'serial number', protocol_serial: null, needs_confirmation: false },
    recognition: {
      listing: 'cn-relay',
      certainty: 'certain',
      reason: 'product',
      candidates: [],
      shared_adapter: false,
    },
    found: null,
    holder: null,
    problem: null,
    first_seen_at: '2026-07-02T15:00:00.000Z',
    last_seen_at: '2026-07-02T15:00:00.000Z',
    ...change,
  };
}

const listing = (id: string, bus: boolean): ListingDescription => ({
  id,
  title: id,
  summary: 'A relay board for tests.',
  category: 'relay',
  version: '1.0.0',
  models: [],
  manuals: [],
  capabilities: ['relay.read', 'relay.set'],
  config_schema: { type: 'object' },
  bus,
  kind: 'hardware',
  status: 'live',
  auth: { type: 'none' },
  price: null,
  links: ['serial'],
});

/** One listing for a port, one for addresses on a bus. */
export const listings: readonly ListingDescription[] = [listing('cn-relay', false), listing('cn-bus-relay', true)];

const tool = {
  title: 'Relay',
  description: 'Relay',
  input_schema: { type: 'object' },
  output_schema: { type: 'object' },
  destructive: false,
  idempotent: false,
};

/** `relay.read` and `relay.set {relay, on, tag}`. */
export const tools: readonly ToolDescription[] = [
  {
    ...tool,
    capability: 'relay.read',
    side_effect: false,
    test_arguments: { relay: 1 },
    expected_interval_ms: 1_000,
    best_evidence: null,
    boundable: [],
    min_confidence: null,
    stream: null,
  },
  {
    ...tool,
    capability: 'relay.set',
    side_effect: true,
    test_arguments: { relay: 1, on: false, tag: 'test' },
    expected_interval_ms: null,
    best_evidence: 'read_back',
    boundable: ['relay'],
    min_confidence: 'serial',
    stream: null,
  },
];
