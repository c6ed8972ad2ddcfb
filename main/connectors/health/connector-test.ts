import { AgentError, type SerializedAgentError } from '../../../drivers/kit/index.ts';
import type { DeviceSide, ToolDescription } from '../../hardware/index.ts';
import type { Database } from '../../store/index.ts';
import type { Caller } from '../caller.ts';
import { noDeviceYet } from '../calls/call-faults.ts';
import { cancellable } from '../calls/cancellation.ts';
import { dryRunEvidence } from '../calls/dry-run.ts';
import { type Clock, toInstant } from '../clock.ts';
import type { DeviceCache } from '../devices/device-cache.ts';
import { type ConnectorRecord, findTool, subjectOf } from '../directory/connector-record.ts';
import { mintId } from '../ids.ts';
import type { Catalogue } from '../installing/catalogue.ts';
import type { Streams } from '../streams/streams.ts';
import { isFault } from './health.ts';
import type { HealthTracker } from './health-tracker.ts';
import type { Readings } from './readings.ts';
import type { TestRecord, ToolTestResult } from './test-record.ts';
import { storeTestRecord } from './test-records.ts';

/** How long one tool of a test may take, its wait for the device included. */
const TOOL_DEADLINE_MS = 10_000;

/** What a connector test goes through. */
export interface TestParts {
  readonly deviceSide: DeviceSide;
  readonly database: Database;
  readonly catalogue: Catalogue;
  readonly devices: DeviceCache;
  readonly readings: Readings;
  readonly streams: Pick<Streams, 'read'>;
  readonly health: HealthTracker;
  readonly clock: Clock;
  readonly onRecord: (record: TestRecord) => void;
}

/** A device that only sends had nothing to give (contract section 4). */
const NO_DATA = 'no_data';

interface Tried {
  readonly result: ToolTestResult;
  readonly error: SerializedAgentError | null;
}

/**
 * Tries tools against the device: reads run live, side effects only as far as `check`, whatever policy says of them. The
 * record is stored, the connector's status follows. Rejects with `invalid_parameter`, `cancelled` (nothing stored), or,
 * when the device is absent or silent to all, `connector_upstream_error` (stored all the same).
 */
export async function testConnector(
  parts: TestParts,
  connector: ConnectorRecord,
  names: readonly string[] | null,
  caller: Caller,
  signal: AbortSignal,
  onResult?: (result: ToolTestResult) => void,
): Promise<TestRecord> {
  const { database, health, clock, onRecord } = parts;
  const tools = chooseTools(connector, names);
  const tried: Tried[] = [];
  for (const tool of tools) {
    const one = await tryTool(parts, connector, tool, signal);
    tried.push(one);
    onResult?.(one.result);
  }
  const failed = tried.find((one) => one.error !== null);
  const record: TestRecord = {
    id: mintId('ct'),
    connector_id: connector.id,
    status: failed === undefined && tried.length > 0 ? 'passed' : 'failed',
    results: tried.map((one) => one.result),
    tested_at: toInstant(clock.now()),
    tested_by: caller.name,
    circumstances: circumstances(parts, connector),
  };
  await storeTestRecord(database, record);
  if (failed?.error != null) {
    health.signal(connector.id, { type: 'test_failed', tool: failed.result.tool, error: failed.error });
  } else if (record.results.some(({ note }) => note !== NO_DATA)) {
    health.signal(connector.id, { type: 'tools_passed', tools: record.results.map((result) => result.tool) });
  } else if (record.results.length > 0) {
    // Its port is open, and nothing was heard: no more is proven.
    health.signal(connector.id, { type: 'port_open', sendsByItself: true });
  }
  onRecord(record);
  const unreachable = tried.every((one) => one.error !== null && isUnreachable(one.error));
  if (unreachable) throw upstreamError(connector, parts.devices, failed?.error ?? noTools(connector));
  return record;
}

/** It was not there to be tested; credentials that are rejected, or locked away, are a result of the test. */
function isUnreachable(error: SerializedAgentError): boolean {
  return isFault(error) && error.code !== 'auth_failed' && error.code !== 'vault_unavailable';
}

function chooseTools(connector: ConnectorRecord, names: readonly string[] | null): readonly ToolDescription[] {
  if (names === null) return connector.tools;
  const wrong = (message: string) =>
    new AgentError('invalid_parameter', `tools: ${message}.`, {
      hint: `${connector.name} has ${connector.tools.map((tool) => tool.capability).join(', ') || 'no tools at present'}.`,
      details: { parameter: 'tools' },
    });
  if (names.length === 0) throw wrong('at least one was expected; leave it out to test them all');
  const found = new Set<ToolDescription>();
  for (const name of names) {
    const tool = findTool(connector, name);
    if (tool === null) throw wrong(`${name} is not a tool of ${connector.name}`);
    found.add(tool);
  }
  return [...found];
}

async function tryTool(
  parts: TestParts,
  connector: ConnectorRecord,
  tool: ToolDescription,
  signal: AbortSignal,
): Promise<Tried> {
  const { clock } = parts;
  const mode = tool.side_effect ? 'dry_run' : 'live';
  const begunAtMs = clock.now();
  const base = () => ({ tool: tool.capability, mode, latency_ms: Math.round(clock.now() - begunAtMs) }) as const;
  try {
    if (subjectOf(connector) === null) throw noDeviceYet(connector);
    if (tool.side_effect) {
      await dryRun(parts, connector, tool, signal);
      return { result: { ...base(), ok: true, evidence: dryRunEvidence(tool) }, error: null };
    }
    const note = await readOnce(parts, connector, tool, signal);
    return { result: { ...base(), ok: true, ...note }, error: null };
  } catch (error) {
    if (signal.aborted)
      throw new AgentError('cancelled', `The test of ${connector.name} was called off.`, { cause: error });
    const fault = AgentError.from(error).serialize();
    const shown = { code: fault.code, message: fault.message, hint: fault.hint ?? null };
    return { result: { ...base(), ok: false, error: shown }, error: fault };
  }
}

async function readOnce(
  { deviceSide, readings, streams, clock }: TestParts,
  connector: ConnectorRecord,
  tool: ToolDescription,
  signal: AbortSignal,
): Promise<{ readonly note?: typeof NO_DATA }> {
  if (tool.stream !== null) {
    const endsAtMs = clock.monotonicMs() + TOOL_DEADLINE_MS;
    const heard = await streams.read(connector, tool, { arguments: tool.test_arguments ?? {}, signal, endsAtMs });
    return Array.isArray(heard['items']) && heard['items'].length === 0 ? { note: NO_DATA } : {};
  }
  const target = { connectorId: connector.id, tool: tool.capability };
  const output = await cancellable(deviceSide, signal, TOOL_DEADLINE_MS, (ticket) =>
    deviceSide.read({ ...target, arguments: tool.test_arguments ?? {}, ...ticket }),
  );
  readings.record(connector, tool, output);
  return {};
}

async function dryRun(
  { deviceSide }: TestParts,
  connector: ConnectorRecord,
  tool: ToolDescription,
  signal: AbortSignal,
): Promise<void> {
  const target = { connectorId: connector.id, tool: tool.capability };
  if (tool.test_arguments === null) {
    await cancellable(deviceSide, signal, TOOL_DEADLINE_MS, (ticket) =>
      deviceSide.healthCheck({ connectorId: connector.id, insist: true, ...ticket }),
    );
    return;
  }
  const { plan } = await deviceSide.prepare({ ...target, arguments: tool.test_arguments });
  if (plan === null)
    throw new AgentError('internal_error', `${connector.listing} made no plan for ${tool.capability}.`);
  const { turnId } = await cancellable(deviceSide, signal, TOOL_DEADLINE_MS, (ticket) =>
    deviceSide.openTurn({ connectorId: connector.id, ...ticket }),
  );
  try {
    await deviceSide.check({ turnId, tool: tool.capability, plan });
  } finally {
    await deviceSide.closeTurn({ turnId }).catch(() => {});
  }
}

function circumstances({ catalogue, devices }: TestParts, connector: ConnectorRecord): TestRecord['circumstances'] {
  const device = connector.deviceId === null ? null : devices.find(connector.deviceId);
  return {
    listing: connector.listing,
    driver_version: catalogue.get(connector.listing).version,
    config: connector.config,
    protocol_serial: connector.protocolSerial,
    device:
      device === null
        ? null
        : {
            id: device.id,
            path: device.path,
            unit: device.unit,
            simulated: device.simulated,
            descriptor: { ...device.descriptor },
            identity: { ...device.identity },
          },
  };
}

function noTools(connector: ConnectorRecord): SerializedAgentError {
  return {
    code: 'device_unplugged',
    message: `${connector.name} has no tools at present.`,
    hint: 'Look at its health.',
  };
}

function upstreamError(connector: ConnectorRecord, devices: DeviceCache, seen: SerializedAgentError): AgentError {
  const { base_url: address } = connector.config;
  const path =
    connector.deviceId !== null
      ? (devices.find(connector.deviceId)?.path ?? connector.deviceId)
      : typeof address === 'string'
        ? address
        : null;
  return new AgentError('connector_upstream_error', `${connector.name} can't be reached. ${seen.message}`, {
    ...(seen.hint === undefined ? {} : { hint: seen.hint }),
    details: {
      upstream: {
        device: path,
        reason: seen.code,
        expected: seen.details?.['expected'] ?? 'an answer',
        seen: seen.details?.['seen'] ?? null,
        hint: seen.hint ?? null,
      },
    },
  });
}
