import type {
  ApprovalObject,
  ConnectorObject,
  DeviceObject,
  EffectObject,
  JournalEntryObject,
  ListingObject,
  ToolObject,
} from '../../api/schemas/index.ts';

const at = '2026-06-01T10:00:00.000Z';

/** A device at /dev/ttyUSB0. */
export const sampleDevice: DeviceObject = {
  id: 'dev_1',
  object: 'device',
  parent: null,
  bus: 'serial' as const,
  path: '/dev/ttyUSB0',
  unit: null,
  present: true,
  simulated: false,
  declared: false,
  added: false,
  descriptor: {
    vendor_id: '0403',
    product_id: '6001',
    manufacturer: 'FTDI',
    product: 'USB \u001b[2Jscale',
    serial_number: 'A1',
    interface: null,
    topology: null,
    usages: [],
    ieee1284_id: null,
  },
  identity: { confidence: 'serial', explanation: 'serial number A1', protocol_serial: null, needs_confirmation: false },
  recognition: { listing: 'cn-relay', certainty: 'likely', reason: 'product', candidates: [], shared_adapter: false },
  found: null,
  owner: null,
  problem: null,
  first_seen_at: at,
  last_seen_at: at,
};

/** A listing with settings of several types. */
export const sampleListing: ListingObject = {
  id: 'cn-relay',
  object: 'listing',
  title: 'Relay board',
  summary: 'Switches.',
  category: 'relay',
  version: '1.0.0',
  kind: 'hardware',
  price: null,
  status: 'live',
  auth: { type: 'none' },
  models: [],
  manuals: [],
  capabilities: ['relay.set', 'weight.read'],
  config_schema: {
    type: 'object',
    properties: { device: { type: 'string' }, unit: { type: 'integer' }, map: { type: 'string' } },
  },
  bus: true,
  links: ['serial'],
};

/** An installed relay board named `gate`. */
export const sampleConnector: ConnectorObject = {
  id: 'cn_1',
  object: 'connector',
  listing: 'cn-relay',
  name: 'gate',
  kind: 'hardware',
  capabilities: ['relay.set', 'weight.read'],
  status: 'connected',
  transport: 'mcp',
  auth: { type: 'none', hint: null },
  created_at: at,
  last_synced_at: null,
  tools: [
    { name: 'relay.set', side_effect: true },
    { name: 'weight.read', side_effect: false },
  ],
  health: { state: 'ok', reason: null, message: null, hint: null, since: at, last_ok_at: at, cause_id: null },
  config: {},
  device: null,
  simulated: false,
  slug: 'gate',
};

const toolShape = {
  object: 'tool',
  description: '',
  output_schema: {},
  test_arguments: {},
  expected_interval_ms: null,
  destructive: false,
  idempotent: false,
  boundable: [],
  min_confidence: null,
  stream: null,
} as const;

/** Its tools. */
export const sampleTools: readonly ToolObject[] = [
  {
    ...toolShape,
    name: 'relay.set',
    title: 'Switch a relay',
    side_effect: true,
    best_evidence: 'read_back',
    input_schema: {
      type: 'object',
      properties: { channel: { type: 'integer' }, on: { type: 'boolean' }, label: { type: 'string' } },
    },
  },
  {
    ...toolShape,
    name: 'weight.read',
    title: 'Read the weight',
    side_effect: false,
    best_evidence: null,
    input_schema: { type: 'object', properties: {} },
  },
];

/** An effect's answer, complete. */
export function sampleEffect(effect: Partial<EffectObject> & Pick<EffectObject, 'outcome'>): EffectObject {
  return {
    journal_id: 'jr_1',
    idempotency_key: 'ik_1',
    sent: false,
    deduplicated: false,
    evidence: null,
    first_at: null,
    reason: null,
    error: null,
    result: null,
    approval_id: null,
    ...effect,
  };
}

/** An approval that waits. */
export function sampleApproval(approval: Partial<ApprovalObject>): ApprovalObject {
  return {
    id: `ap_0a${'0'.repeat(30)}`,
    object: 'approval',
    journal_id: 'jr_1',
    connector_id: 'cn_1',
    connector_name: 'gate',
    device: {
      id: 'dev_1',
      path: '/dev/ttyUSB0',
      unit: null,
      product: 'Relay board',
      serial_number: 'A1',
      known_by: 'serial number A1',
      simulated: false,
    },
    tool: 'relay.set',
    summary: 'Switch relay 2 on',
    notes: ['not as loud as asked'],
    arguments: { relay: 2, on: true },
    entity_key: 'order-7',
    caller: 'tok_1',
    caller_name: 'dispatch',
    requested_at: at,
    expires_at: '2026-06-01T10:02:00.000Z',
    state: 'waiting',
    decision: null,
    journal_state: 'awaiting_approval',
    reason: null,
    evidence: null,
    error: null,
    ...approval,
  };
}

/** A row of the journal. */
export function sampleEntry(entry: Partial<JournalEntryObject>): JournalEntryObject {
  return {
    journal_id: 'jr_1',
    object: 'journal_entry',
    epoch: 'ep_1',
    connector_id: 'cn_1',
    connector_name: 'gate',
    device_id: 'dev_1',
    caller: 'tok_1',
    caller_name: 'dispatch',
    tool: 'relay.set',
    summary: 'Switch relay 2 on',
    question: 'Did relay 2 switch on?',
    arguments: { relay: 2, on: true },
    idempotency_key: 'ik_1',
    key_given: false,
    entity_key: null,
    state: 'applied',
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
    ...entry,
  };
}
