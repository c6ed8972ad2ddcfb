import { AgentError } from '../../../drivers/kit/index.ts';
import type { ConnectorsBackend } from '../backend.ts';
import { pageOf } from '../pagination.ts';
import type {
  ApprovalObject,
  CloudObject,
  ConnectorObject,
  CreatedToken,
  DeviceObject,
  JournalEntryObject,
  ListingObject,
  OperatorObject,
  PolicyObject,
  StreamEvent,
  TestRecordObject,
  TokenObject,
  WireLogObject,
} from '../schemas/index.ts';
import { networkDouble } from './network-double.ts';
import {
  sampleApproval,
  sampleConnector,
  sampleDevice,
  sampleEntry,
  sampleFibricCloud,
  sampleListing,
  sampleOutbox,
  sampleTool,
} from './samples.ts';

/** A backend in memory whose every part a test may look into, change, or replace. */
export interface MemoryBackend extends ConnectorsBackend {
  readonly listings: ListingObject[];
  readonly devices: DeviceObject[];
  /** Newest first. */
  connectors: ConnectorObject[];
  /** Newest first. */
  operators: OperatorObject[];
  readonly entries: JournalEntryObject[];
  approvals: ApprovalObject[];
  readonly records: TestRecordObject[];
  readonly tokens: TokenObject[];
  /** Side effects and reads that were called, with how often their answer left. */
  readonly calls: { readonly tool: string; readonly arguments: object; delivered: number }[];
  installs: number;
  /** Tells every subscriber. */
  emit(event: StreamEvent): void;
  readonly subscribers: Set<(event: StreamEvent) => void>;
}

const at = '2026-07-02T15:20:00Z';
const notFound = (what: string) => new AgentError('not_found', `No ${what} with this id.`);

/** Makes one with three listings, a device and nothing installed. */
export function createMemoryBackend(): MemoryBackend {
  let paused = false;
  let minted = 0;
  const policies = new Map<string, PolicyObject>();
  const connectorOf = (id: string) => {
    const found = backend.connectors.find((connector) => connector.id === id);
    if (found === undefined) throw notFound('connector');
    return found;
  };
  const deviceOf = (id: string) => {
    const found = backend.devices.find((device) => device.id === id);
    if (found === undefined) throw notFound('device');
    return found;
  };
  const operatorOf = (id: string) => {
    const found = backend.operators.find((operator) => operator.id === id);
    if (found === undefined) throw notFound('operator');
    return found;
  };
  const entryOf = (id: string) => {
    const found = backend.entries.find((entry) => entry.journal_id === id);
    if (found === undefined) throw notFound('journal entry');
    return found;
  };

  const approvalOf = (id: string) => {
    const found = backend.approvals.find((approval) => approval.id === id);
    if (found === undefined) throw notFound('approval');
    return found;
  };
  const decide = (id: string, change: Partial<ApprovalObject>) => {
    const decided = { ...approvalOf(id), ...change };
    backend.approvals = backend.approvals.map((approval) => (approval.id === id ? decided : approval));
    return decided;
  };

  let recordedWire = false;
  const wireLogOf = (id: string): WireLogObject => ({
    object: 'wire_log',
    connector_id: id,
    recording: { on: recordedWire, since: null, until: null, mode: 'on_request' },
    entries: [],
    cursor: 'cursor',
    has_more: false,
  });

  const backend: MemoryBackend = {
    listings: [
      sampleListing({ id: 'cn-scale-sics' }),
      sampleListing({ id: 'cn-magento', kind: 'saas', auth: { type: 'api_key' } }),
      sampleListing({ id: 'cn-early', status: 'early_access' }),
    ],
    devices: [sampleDevice({ id: 'dev_1' })],
    connectors: [],
    operators: [],
    entries: [sampleEntry({ journal_id: 'jr_1' })],
    approvals: [sampleApproval({ id: 'ap_1' })],
    records: [],
    tokens: [],
    calls: [],
    installs: 0,
    subscribers: new Set(),
    emit: (event) => {
      for (const listener of backend.subscribers) listener(event);
    },

    listListings: async () => backend.listings,
    listDevices: async () => backend.devices,
    getDevice: async (_principal, id) => deviceOf(id),
    async identifyDevice(_principal, id, body, _signal, onProgress) {
      const listing = body.listing ?? 'cn-scale-sics';
      onProgress?.({ done: 0, total: 1, listing, line: '9600 8N1', unit: null });
      return {
        object: 'identify_report',
        device: deviceOf(id),
        listing,
        recognised: true,
        identification: null,
        error: null,
        config: {},
        exchanges: [],
        attempts: [],
        left_out: [],
        warnings: [],
      };
    },
    checkAddress: async (_principal, address) => ({
      object: 'address_check',
      address,
      device: null,
      reachable: true,
      error: null,
    }),
    addDevice: async (_principal, path) => sampleDevice({ id: 'dev_added', bus: 'tcp', path, added: true }),
    async removeDevice(_principal, id) {
      deviceOf(id);
    },
    confirmDevice: async (_principal, id) => deviceOf(id),

    async listConnectors(_principal, filter, page) {
      const matching = backend.connectors.filter(
        (connector) =>
          (filter.capability === undefined || connector.capabilities.includes(filter.capability)) &&
          (filter.kind === undefined || connector.kind === filter.kind) &&
          (filter.status === undefined || connector.status === filter.status),
      );
      return pageOf(matching, page, ({ created_at, id }) => ({ at: created_at, id }));
    },
    getConnector: async (_principal, id) => connectorOf(id),
    async getHealthTimeline(_principal, id, { since = at, until = at }) {
      connectorOf(id);
      return { object: 'health_timeline', connector_id: id, from: since, to: until, spans: [], cut: false };
    },
    async getWireLog(_principal, id, { after }) {
      connectorOf(id);
      if (after === 'foreign') throw new AgentError('invalid_cursor', 'after: the cursor is malformed.');
      return wireLogOf(id);
    },
    async recordWire(_principal, id, { recording }) {
      connectorOf(id);
      recordedWire = recording;
      return wireLogOf(id);
    },
    async clearWireLog(_principal, id) {
      connectorOf(id);
      return wireLogOf(id);
    },
    async followWireLog(_principal, id, _query, signal, take) {
      await take(wireLogOf(id));
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    },
    async installConnector(_principal, body) {
      backend.installs += 1;
      const listing = backend.listings.find(({ id }) => id === body.listing);
      if (listing === undefined) throw notFound('listing');
      if (listing.status === 'early_access') {
        throw new AgentError('listing_early_access', `${listing.id} is early access.`);
      }
      if (body.auth.type !== listing.auth.type) {
        throw new AgentError('invalid_parameter', `auth.type of ${listing.id} is ${listing.auth.type}.`);
      }
      if (body.auth.type === 'api_key' && body.auth.key === 'wrong-key') {
        throw new AgentError('auth_failed', 'The source rejected the credentials. Nothing was installed.');
      }
      const name = body.name ?? listing.id;
      if (backend.connectors.some((connector) => connector.name === name)) {
        throw new AgentError('state_conflict', `An instance named ${name} already exists.`);
      }
      minted += 1;
      const connector = sampleConnector({
        id: `cn_${String(minted).padStart(4, '0')}`,
        listing: listing.id,
        name,
        kind: listing.kind,
        auth: { type: body.auth.type, hint: body.auth.type === 'api_key' ? 'mg_****41' : null },
        config: body.config ?? {},
      });
      backend.connectors = [connector, ...backend.connectors];
      return { connector, ...(listing.price === null ? {} : { price: listing.price }) };
    },
    async updateConnector(_principal, id, body) {
      const updated = { ...connectorOf(id), ...(body.name === undefined ? {} : { name: body.name }) };
      backend.connectors = backend.connectors.map((connector) => (connector.id === id ? updated : connector));
      return updated;
    },
    async removeConnector(_principal, id) {
      connectorOf(id);
      backend.connectors = backend.connectors.filter((connector) => connector.id !== id);
    },
    async testConnector(_principal, id, tools, _signal, onResult) {
      const connector = connectorOf(id);
      if (connector.status === 'pending_auth') throw new AgentError('state_conflict', 'Complete authorization first.');
      const names = connector.tools.map(({ name }) => name);
      for (const tool of tools ?? []) {
        if (!names.includes(tool)) throw new AgentError('invalid_parameter', `${tool} is not a tool of ${id}.`);
      }
      const results = connector.tools
        .filter(({ name }) => tools?.includes(name) ?? true)
        .map((tool) => ({
          tool: tool.name,
          mode: tool.side_effect ? ('dry_run' as const) : ('live' as const),
          ok: true,
          latency_ms: 12,
        }));
      for (const result of results) onResult?.(result);
      const record: TestRecordObject = {
        id: `test_${backend.records.length + 1}`,
        object: 'connector_test',
        connector_id: id,
        status: 'passed',
        results,
        tested_at: at,
        tested_by: 'test',
        circumstances: { version: '1.0.0' },
      };
      backend.records.unshift(record);
      return record;
    },
    listTests: async (_principal, id) => backend.records.filter((record) => record.connector_id === connectorOf(id).id),
    listTools: async (_principal, id) =>
      connectorOf(id).tools.map(({ name, side_effect }) => sampleTool(name, side_effect)),
    listReadings: async (_principal, id) => [
      {
        object: 'reading',
        connector_id: connectorOf(id).id,
        device_id: 'dev_1',
        tool: 'weight.read',
        value: { value: '12.480', unit: 'kg' },
        at,
        expected_interval_ms: null,
      },
    ],
    listPastReadings: async (_principal, id, { limit }) => {
      connectorOf(id);
      const past = { object: 'past_reading', at, device_id: 'dev_1', value: { value: '12.480', unit: 'kg' } } as const;
      return [past].slice(0, limit);
    },
    getPolicy: async (_principal, id) => policies.get(connectorOf(id).id) ?? { default: 'deny', tools: {} },
    async setPolicy(_principal, id, policy) {
      policies.set(connectorOf(id).id, policy);
      return policy;
    },
    async callTool(_principal, id, body) {
      const call = { tool: body.tool, arguments: body.arguments, delivered: 0 };
      backend.calls.push(call);
      const head = { object: 'tool_result', connector_id: id, tool: body.tool } as const;
      const delivered = () => {
        call.delivered += 1;
      };
      if (body.tool === 'weight.read') {
        return { answer: { ...head, kind: 'read', output: { value: '12.480', unit: 'kg' } }, delivered };
      }
      const result = {
        outcome: 'applied',
        journal_id: 'jr_2',
        idempotency_key: String(body.arguments['idempotency_key'] ?? 'minted'),
        sent: true,
        deduplicated: false,
        evidence: 'device_ack',
        first_at: null,
        reason: null,
        error: null,
        result: {},
        approval_id: null,
      } as const;
      return { answer: { ...head, kind: 'effect', result }, delivered };
    },
    previewTool: async (_principal, id, body) => ({
      object: 'preview',
      connector_id: connectorOf(id).id,
      tool: body.tool,
      media_type: 'image/png',
      data: Buffer.from(JSON.stringify(body.arguments)).toString('base64'),
      width_dots: 512,
      height_dots: 30,
      notes: [],
    }),
    applyInstallRules: async () => backend.connectors,

    listOperators: async (_principal, { status, capability }) =>
      backend.operators.filter(
        (operator) =>
          (status === undefined || operator.status === status) &&
          (capability === undefined || operator.capabilities.includes(capability)),
      ),
    getOperator: async (_principal, id) => operatorOf(id),
    async createOperator(_principal, body) {
      minted += 1;
      const operator: OperatorObject = {
        ...body,
        id: `op_${minted}`,
        object: 'operator',
        unfulfilled: [],
        created_at: new Date(Date.parse(at) + minted * 1000).toISOString(),
      };
      backend.operators = [operator, ...backend.operators];
      return operator;
    },
    async updateOperator(_principal, id, { name, capabilities, status }) {
      const before = operatorOf(id);
      const after = {
        ...before,
        name: name ?? before.name,
        capabilities: capabilities ?? before.capabilities,
        status: status ?? before.status,
      };
      backend.operators = backend.operators.map((operator) => (operator.id === id ? after : operator));
      return after;
    },
    async removeOperator(_principal, id) {
      operatorOf(id);
      backend.operators = backend.operators.filter((operator) => operator.id !== id);
    },
    async listCapabilities() {
      const having = backend.connectors.map(({ id, name, status }) => ({ id, name, status }));
      const needing = backend.operators.map(({ id, name, status }) => ({ id, name, status }));
      return ['scale.zero', 'weight.read'].map((capability) => ({
        capability,
        fulfilled: true,
        connectors: having,
        operators: needing,
      }));
    },

    async listJournal(_principal, filter, page) {
      const matching = backend.entries.filter(
        (entry) =>
          (filter.connector_id === undefined || entry.connector_id === filter.connector_id) &&
          (filter.state === undefined || entry.state === filter.state),
      );
      return pageOf(matching, page, ({ created_at, journal_id }) => ({ at: created_at, id: journal_id }));
    },
    getJournalEntry: async (_principal, id) => entryOf(id),
    settleJournalEntry: async (principal, id, { answer, note = null }) => ({
      ...entryOf(id),
      settlement: { answer, note, by: principal.name, at },
    }),
    exportJournal: async (_principal, { connector_id }) => ({
      installationId: 'in_1',
      version: '0.1.0',
      epoch: 'ep_1',
      pages: [backend.entries.filter((entry) => connector_id === undefined || entry.connector_id === connector_id)],
    }),
    acknowledgeJournal: async () => ({ object: 'journal_epoch', epoch: 'ep_1', acknowledged: true }),

    async listApprovals(_principal, { state }, page) {
      const matching = backend.approvals.filter(
        (each) => state === undefined || (state === 'waiting') === (each.state === 'waiting'),
      );
      return pageOf(matching, page, ({ requested_at, id }) => ({ at: requested_at, id }));
    },
    getApproval: async (_principal, id) => ({ ...approvalOf(id), preview: null }),
    approve: async (principal, id, { note = null }) =>
      decide(id, { state: 'approved', decision: { state: 'approved', by: principal.name, note, at } }),
    deny: async (principal, id, { note = null }) =>
      decide(id, { state: 'denied', decision: { state: 'denied', by: principal.name, note, at } }),
    getApprovalPin: async () => ({ object: 'approval_pin', set: false }),
    setApprovalPin: async (_principal, { pin }) => ({ object: 'approval_pin', set: pin !== undefined }),

    async createToken(_principal, body) {
      const created: CreatedToken = {
        id: `tok_${backend.tokens.length + 1}`,
        object: 'token',
        name: body.name,
        token: 'fe_secret-of-the-new-token',
        scopes: body.scopes,
        connectors: body.connectors ?? null,
        tools: body.tools ?? null,
        created_at: at,
        expires_at: at,
      };
      const { token: _, ...kept } = created;
      backend.tokens.unshift({ ...kept, revoked_at: null, last_used_at: null });
      return created;
    },
    listTokens: async () => backend.tokens,
    async revokeToken(_principal, id) {
      const token = backend.tokens.find((candidate) => candidate.id === id);
      if (token === undefined) throw notFound('token');
      return { ...token, revoked_at: at };
    },

    isPaused: async () => paused,
    async setPaused(_principal, value) {
      paused = value;
      return paused;
    },
    getSettings: async () => ({
      object: 'settings',
      configuration_file: null,
      data_folder: '/data',
      command: null,
      retention: {
        readings: { keep: 1_000, keep_hours: 168 },
        streams: { keep: 10_000, keep_hours: 168, keep_personal_hours: 24 },
        journal: { keep_days: 90 },
      },
      approvals: { countdown_s: 120 },
      ports: { max_ports: 32, discover: true },
    }),
    getOutbox: async () => sampleOutbox(),
    getFibricCloud: async () => sampleFibricCloud(),
    setFibricKey: async (_principal, key) =>
      sampleFibricCloud({ key: { hint: `${key.slice(0, 8)}...`, mode: 'test' } }),
    removeFibricKey: async () => sampleFibricCloud(),
    getHealth: async () => ({
      object: 'health',
      status: 'ok',
      version: '0.1.0',
      started_at: at,
      paused,
      connectors: { total: backend.connectors.length, connected: backend.connectors.length, error: 0 },
      devices: { present: 1 },
      vault: { provider: 'keyfile', description: 'file permissions, not encryption', available: true, hint: null },
      approvals: { waiting: 0 },
      journal: { epoch: 'ep_1', acknowledged: true, unresolved: 1 },
      storage: { available: true, hint: null },
    }),
    runDoctor: async () => ({
      object: 'doctor_report',
      checks: [{ id: 'ports', title: 'Ports', result: 'ok', message: 'fine', hint: null, command: null }],
    }),
    tailLogs: async () => [{ object: 'log_line', at, level: 'info', message: 'started', fields: {} }],
    createWindowTicket: async () => ({ object: 'window_ticket', page_path: '/run/sign-in.html', expires_at: at }),
    createWindowForm: async () => ({
      object: 'window_form',
      action: 'http://127.0.0.1:7431/sign-in',
      ticket: 'once',
      expires_at: at,
    }),
    getKioskPin: async () => ({ object: 'kiosk_pin', set: false }),
    setKioskPin: async (_principal, { pin }) => ({ object: 'kiosk_pin', set: pin !== undefined }),
    unlockKiosk: async () => ({ object: 'kiosk_unlock', unlocked: true }),

    getCloud: async () => unpaired,
    pairCloud: async () => unpaired,
    unpairCloud: async () => unpaired,
    setCloudGrants: async () => unpaired,
    ...networkDouble,

    subscribe(_principal, listener) {
      backend.subscribers.add(listener);
      return () => {
        backend.subscribers.delete(listener);
      };
    },
  };
  return backend;
}

const unpaired: CloudObject = {
  object: 'cloud',
  state: 'none',
  key_words: null,
  pairing: null,
  hub: null,
  tenant: null,
  agent: null,
  grants: null,
  paired_at: null,
  link: { state: 'off', since: '2026-07-02T15:20:00Z', next_attempt_at: null, error: null },
};
