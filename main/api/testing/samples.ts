import type {
  ApprovalObject,
  ConnectorObject,
  DeviceObject,
  FibricCloudObject,
  JournalEntryObject,
  ListingObject,
  OutboxObject,
  ToolObject,
} from '../schemas/index.ts';

const at = '2026-07-02T15:20:00Z';

/** A listing with everything that a test does not care about. */
export function sampleListing(changes: Partial<ListingObject> & { readonly id: string }): ListingObject {
  return {
    object: 'listing',
    title: changes.id,
    summary: 'A source for tests.',
    category: 'scale',
    version: '1.0.0',
    kind: 'hardware',
    price: null,
    status: 'live',
    auth: { type: 'none' },
    models: [],
    manuals: [],
    capabilities: ['scale.zero', 'weight.read'],
    config_schema: { type: 'object' },
    bus: false,
    links: ['serial'],
    ...changes,
  };
}

/** A present, free device. */
export function sampleDevice(changes: Partial<DeviceObject> & { readonly id: string }): DeviceObject {
  return {
    object: 'device',
    parent: null,
    bus: 'serial',
    path: '/dev/ttyUSB0',
    unit: null,
    present: true,
    simulated: false,
    declared: false,
    added: false,
    descriptor: {
      vendor_id: null,
      product_id: null,
      manufacturer: null,
      product: null,
      serial_number: null,
      interface: null,
      topology: null,
      usages: [],
      ieee1284_id: null,
    },
    identity: { confidence: 'port', explanation: 'the socket', protocol_serial: null, needs_confirmation: false },
    recognition: { listing: null, certainty: 'unclear', reason: 'none', candidates: [], shared_adapter: true },
    found: null,
    owner: null,
    problem: null,
    first_seen_at: at,
    last_seen_at: at,
    ...changes,
  };
}

/** A connector of two tools that works. */
export function sampleConnector(changes: Partial<ConnectorObject> & { readonly id: string }): ConnectorObject {
  return {
    object: 'connector',
    listing: 'cn-scale-sics',
    name: changes.id,
    kind: 'hardware',
    transport: 'mcp',
    capabilities: ['scale.zero', 'weight.read'],
    tools: [
      { name: 'scale.zero', side_effect: true },
      { name: 'weight.read', side_effect: false },
    ],
    auth: { type: 'none', hint: null },
    status: 'connected',
    health: { state: 'ok', reason: null, message: null, hint: null, since: at, last_ok_at: at, cause_id: null },
    created_at: at,
    last_synced_at: at,
    config: {},
    device: null,
    simulated: false,
    slug: 'scale',
    ...changes,
  };
}

/** The tool that a connector's short form stands for. */
export function sampleTool(name: string, sideEffect: boolean): ToolObject {
  return {
    object: 'tool',
    name,
    title: name,
    description: 'For tests.',
    side_effect: sideEffect,
    input_schema: { type: 'object' },
    output_schema: { type: 'object' },
    test_arguments: {},
    expected_interval_ms: null,
    best_evidence: sideEffect ? 'device_ack' : null,
    destructive: false,
    idempotent: false,
    boundable: [],
    min_confidence: null,
    stream: null,
  };
}

/** A side effect whose outcome nobody knows. */
export function sampleEntry(
  changes: Partial<JournalEntryObject> & { readonly journal_id: string },
): JournalEntryObject {
  return {
    object: 'journal_entry',
    epoch: 'ep_1',
    connector_id: 'cn_0001',
    connector_name: 'cn_0001',
    device_id: 'dev_1',
    caller: 'tok_1',
    caller_name: 'test',
    tool: 'scale.zero',
    summary: 'Zero the scale',
    question: 'Does the scale show zero?',
    arguments: {},
    idempotency_key: 'k',
    key_given: true,
    entity_key: null,
    state: 'unknown',
    sent: true,
    reason: null,
    evidence: null,
    result: null,
    error: null,
    attempts: 1,
    created_at: at,
    sent_at: at,
    ended_at: at,
    settlement: null,
    release: null,
    approval: null,
    ...changes,
  };
}

/** An approval that waits. */
export function sampleApproval(changes: Partial<ApprovalObject> & { readonly id: string }): ApprovalObject {
  return {
    object: 'approval',
    journal_id: 'jr_1',
    connector_id: 'cn_0001',
    connector_name: 'cn_0001',
    device: {
      id: 'dev_1',
      path: '/dev/ttyUSB0',
      unit: null,
      product: null,
      serial_number: null,
      known_by: 'path',
      simulated: false,
    },
    tool: 'scale.zero',
    summary: 'Zero the scale',
    notes: [],
    arguments: {},
    entity_key: null,
    caller: 'tok_1',
    caller_name: 'test',
    requested_at: at,
    expires_at: at,
    state: 'waiting',
    decision: null,
    journal_state: 'awaiting_approval',
    reason: null,
    evidence: null,
    error: null,
    ...changes,
  };
}

/** An outbox from which everything is sent. */
export function sampleOutbox(overrides: Partial<OutboxObject> = {}): OutboxObject {
  return {
    object: 'outbox',
    cloud: 'https://hub.example.com',
    state: 'idle',
    reason: null,
    hint: null,
    next_attempt_at: null,
    waiting: 0,
    bytes: 0,
    oldest_at: null,
    gaps_waiting: 0,
    dropped: 0,
    refused: 0,
    withheld: 0,
    sent: 12,
    last_sent_at: '2026-07-02T15:20:00.000Z',
    last_event_at: '2026-07-02T15:20:00.000Z',
    classes: [
      { name: 'streams', waiting: 0, bytes: 0, max_bytes: 67_108_864, max_age_s: 86_400, oldest_at: null, dropped: 0 },
    ],
    ...overrides,
  };
}

/** Fibric's own API, not in use. */
export function sampleFibricCloud(overrides: Partial<FibricCloudObject> = {}): FibricCloudObject {
  return {
    object: 'fibric_cloud',
    in_use: false,
    base_url: 'https://api.fibric.io',
    key: null,
    error: null,
    connectors: [],
    ...overrides,
  };
}
