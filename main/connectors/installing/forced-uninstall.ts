import { randomUUID } from 'node:crypto';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { Caller } from '../caller.ts';
import { fingerprintOf } from '../calls/fingerprint.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';

import type { Journal } from '../journal/journal.ts';

const TOOL = 'connector.uninstall';

/**
 * Runs `remove`, which a person wants although this hub could not be asked who depends on the connector, and tells the journal who it
 * was: before, so that no kill hides it, and how it ended.
 */
export async function forced(
  journal: Pick<Journal, 'accept' | 'done' | 'abandon'>,
  { id, name, deviceId }: Pick<ConnectorRecord, 'id' | 'name' | 'deviceId'>,
  caller: Caller,
  hub: string,
  remove: () => Promise<void>,
): Promise<void> {
  const args: JsonObject = { forced: true, hub };
  const row = await journal.accept(
    {
      connectorId: id,
      connectorName: name,
      deviceId: deviceId ?? id,
      caller,
      tool: TOOL,
      arguments: args,
      plan: { summary: `Uninstall ${name} without asking its hub`, frames: [], data: args },
      fingerprint: fingerprintOf(TOOL, args),
      key: randomUUID(),
      keyGiven: false,
      entityKey: null,
    },
    null,
  );
  try {
    await remove();
  } catch (error) {
    await journal.abandon(row.journal_id, AgentError.from(error));
    throw error;
  }
  await journal.done(row.journal_id);
}
