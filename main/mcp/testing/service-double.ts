import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type {
  CallRequest,
  CallResult,
  Connector,
  ConnectorService,
  EffectResult,
  Policy,
  Reading,
  ServiceEvent,
} from '../../connectors/index.ts';

/** A service in memory: connectors that a test sets, and calls that a test answers. */
export interface ServiceDouble {
  readonly service: ConnectorService;
  readonly calls: CallRequest[];
  /** How many answers were reported as delivered. */
  delivered(): number;
  add(connector: Connector): void;
  remove(connectorId: string): void;
  /** Replaces how calls are answered. */
  answer(how: (request: CallRequest) => Promise<CallResult> | CallResult): void;
  setPolicy(connectorId: string, policy: Policy): void;
  setReading(reading: Reading): void;
  emit(event: ServiceEvent): void;
}

/** Makes a {@link ServiceDouble}. What MCP has no business with rejects. */
export function createServiceDouble(connectors: readonly Connector[] = []): ServiceDouble {
  const installed = new Map(connectors.map((connector) => [connector.id, connector]));
  const listeners = new Set<(event: ServiceEvent) => void>();
  const policies = new Map<string, Policy>();
  const readings: Reading[] = [];
  const calls: CallRequest[] = [];
  const denied: Policy = { default: 'deny', tools: {} };
  let delivered = 0;
  let how: (request: CallRequest) => Promise<CallResult> | CallResult = () => ({ kind: 'read', output: sampleWeight });

  const emit = (event: ServiceEvent) => {
    for (const listener of listeners) listener(event);
  };
  const none = () => {
    throw new AgentError('not_supported', 'The double does not do this.');
  };
  const noneYet = async () => none();
  const service: ConnectorService = {
    listings: noneYet,
    devices: noneYet,
    device: noneYet,
    identify: noneYet,
    checkAddress: noneYet,
    addDevice: noneYet,
    removeDevice: noneYet,
    confirmDevice: noneYet,
    ownerOf: none,
    list: () => [...installed.values()].reverse(),
    get(id) {
      const connector = installed.get(id);
      if (connector === undefined) throw new AgentError('not_found', `No connector ${id} is installed here.`);
      return connector;
    },
    install: noneYet,
    update: noneYet,
    remove: noneYet,
    test: noneYet,
    tests: none,
    async call(request) {
      calls.push(request);
      return await how(request);
    },
    preview: noneYet,
    policy: (id) => policies.get(id) ?? denied,
    setPolicy: noneYet,
    paused: () => false,
    setPaused: noneYet,
    journal: () => [],
    journalEntry: none,
    journalPages: none,
    settle: noneYet,
    operators: { all: () => [], get: none, create: noneYet, change: noneYet, remove: noneYet },
    approvals: () => [],
    approval: none,
    approvalPreview: noneYet,
    approve: noneYet,
    deny: noneYet,
    lastReadings: (id) => readings.filter((reading) => reading.connector_id === id),
    pastReadings: async (id, tool, { limit, before }) =>
      readings
        .filter((reading) => reading.connector_id === id && reading.tool === tool)
        .filter(({ at }) => before === undefined || at < before)
        .slice(0, limit)
        .map(({ at, device_id, value }) => ({ at, device_id, value })),
    heardAfter: none,
    healthTimeline: noneYet,
    wire: none,
    followWire: noneYet,
    recordWire: noneYet,
    clearWire: none,
    subscribe(listener) {
      listeners.add(listener);
      return () => void listeners.delete(listener);
    },
    applyInstallRules: noneYet,
    epoch: none,
    acknowledgeEpoch: noneYet,
    close: async () => {},
  };

  return {
    service,
    calls,
    delivered: () => delivered,
    add(connector) {
      installed.set(connector.id, connector);
      emit({ type: 'connector', connector });
    },
    remove(id) {
      installed.delete(id);
      emit({ type: 'connector_removed', connector_id: id });
    },
    answer(next) {
      how = async (request) => {
        const result = await next(request);
        if (result.kind === 'read') return result;
        return {
          ...result,
          delivered: () => {
            delivered += 1;
          },
        };
      };
    },
    setPolicy: (id, policy) => void policies.set(id, policy),
    setReading(reading) {
      readings.unshift(reading);
      emit({ type: 'reading', reading });
    },
    emit,
  };
}

/** What the sample scale answers. */
export const sampleWeight: JsonObject = { value: '12.480', unit: 'kg', stable: true, at: '2026-06-01T10:00:00.000Z' };

/** An effect's answer, complete. */
export function effect(result: Partial<EffectResult> & Pick<EffectResult, 'outcome'>): CallResult {
  return {
    kind: 'effect',
    delivered: () => {},
    result: {
      journal_id: 'jr_1',
      idempotency_key: 'ik_1',
      sent: result.outcome === 'applied' || result.outcome === 'unknown',
      deduplicated: false,
      evidence: null,
      first_at: null,
      reason: null,
      error: null,
      result: null,
      approval_id: null,
      ...result,
    },
  };
}
