import { randomUUID } from 'node:crypto';
import { AgentError, type JsonObject } from '../../../drivers/kit/index.ts';
import type { Caller } from '../caller.ts';
import { fingerprintOf } from '../calls/fingerprint.ts';
import type { ConnectorRecord } from '../directory/connector-record.ts';

import type { Journal } from '../journal/journal.ts';
import { UNINSTALL_TOOL } from '../journal/recovery.ts';

const stopped = new AgentError('closed', 'The agent stopped before it was uninstalled.', {
  hint: 'It is still there. Uninstall it again if that is still wanted.',
});

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
      tool: UNINSTALL_TOOL,
      arguments: args,
      plan: { summary: `Uninstall ${name} without asking its hub`, frames: [], data: args },
      fingerprint: fingerprintOf(UNINSTALL_TOOL, args),
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

/** Says how those ended that an agent which was killed had begun. To be run when nothing is being uninstalled. */
export async function endForced(
  journal: Pick<Journal, 'entries' | 'done' | 'abandon'>,
  isInstalled: (connectorId: string) => boolean,
): Promise<void> {
  for (const { journal_id: id, connector_id: connectorId, tool } of journal.entries({
    state: 'accepted',
    limit: 100,
  })) {
    if (tool !== UNINSTALL_TOOL) continue;
    if (isInstalled(connectorId)) await journal.abandon(id, stopped);
    else await journal.done(id);
  }
}
