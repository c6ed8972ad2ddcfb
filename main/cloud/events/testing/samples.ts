import type { Connector, JournalEntry } from '../../../connectors/index.ts';

const at = '2026-07-02T15:00:00.000Z';

/** A scanner on a device. */
export function sampleConnector(changes: Partial<Connector> = {}): Connector {
  return {
    id: 'cn_1',
    listing: 'cn-scanner-serial',
    name: 'scanner',
    kind: 'hardware',
    capabilities: ['scan.read'],
    tools: [sampleTool('scan.read', true), sampleTool('weight.read', false)],
    auth: { type: 'none', hint: null },
    status: 'connected',
    health: { state: 'ok', reason: null, message: null, hint: null, since: at, last_ok_at: at, cause_id: null },
    created_at: at,
    last_synced_at: null,
    config: {},
    device: sampleDevice,
    slug: 'scanner',
    simulated: false,
    ...changes,
  };
}

function sampleTool(capability: string, each: boolean): Connector['tools'][number] {
  return {
    capability,
    title: capability,
    description: capability,
    side_effect: false,
    idempotent: false,
    input_schema: {},
    output_schema: {},
    expected_interval_ms: null,
    stream: each ? { delivery: 'each', personal: true, stale_after_ms: null } : null,
  } as unknown as Connector['tools'][number];
}

const sampleDevice = { id: 'dev_1' } as unknown as NonNullable<Connector['device']>;

/** A label that was printed. */
export function sampleEntry(changes: Partial<JournalEntry> = {}): JournalEntry {
  return {
    journal_id: 'jr_1',
    epoch: 'ep_1',
    connector_id: 'cn_1',
    connector_name: 'printer',
    device_id: 'dev_2',
    caller: 'tok_1',
    caller_name: 'till',
    tool: 'label.print',
    summary: 'Print a label',
    question: 'Was a label printed?',
    arguments: { text: 'secret text' },
    idempotency_key: 'k',
    key_given: true,
    entity_key: null,
    state: 'applied',
    sent: true,
    reason: null,
    evidence: 'device_ack',
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
