import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { DeviceSide, ToolDescription } from '../../hardware/index.ts';
import type { Caller } from '../caller.ts';
import { type ConnectorRecord, subjectOf } from '../directory/connector-record.ts';
import type { Intent } from '../journal/intent.ts';
import { noDeviceYet } from './call-faults.ts';
import { fingerprintOf } from './fingerprint.ts';

/** Validates a side effect's arguments and makes its plan; sends nothing. Rejects with `invalid_arguments`, `device_unplugged`. */
export async function prepareIntent(
  deviceSide: DeviceSide,
  connector: ConnectorRecord,
  tool: ToolDescription,
  caller: Caller,
  own: JsonObject,
  keys: Pick<Intent, 'key' | 'keyGiven' | 'entityKey'>,
): Promise<Intent> {
  const subject = subjectOf(connector);
  if (subject === null) throw noDeviceYet(connector);
  const prepared = await deviceSide.prepare({ connectorId: connector.id, tool: tool.capability, arguments: own });
  if (prepared.plan === null) {
    throw new AgentError('internal_error', `${connector.listing} made no plan for ${tool.capability}.`);
  }
  return {
    ...keys,
    connectorId: connector.id,
    connectorName: connector.name,
    deviceId: subject,
    caller,
    tool: tool.capability,
    arguments: prepared.arguments,
    plan: prepared.plan,
    fingerprint: fingerprintOf(tool.capability, prepared.arguments),
  };
}
