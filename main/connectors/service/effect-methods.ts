import { call } from '../calls/call.ts';
import { preview } from '../calls/preview.ts';
import { readJournalPages } from '../journal/journal-pages.ts';
import { toEntry } from '../journal/journal-row.ts';
import { checkPolicy } from '../policy/policy.ts';
import type { Effects } from './effects.ts';
import type { Lifetime } from './lifetime.ts';
import type { Records } from './records.ts';
import type { ConnectorService } from './service.ts';

type EffectMethods = Pick<
  ConnectorService,
  | 'call'
  | 'preview'
  | 'policy'
  | 'setPolicy'
  | 'paused'
  | 'setPaused'
  | 'journal'
  | 'journalEntry'
  | 'journalPages'
  | 'settle'
  | 'epoch'
  | 'acknowledgeEpoch'
>;

/** Calls, what they may do, and the account of what they did. */
export function effectMethods(
  records: Records,
  { callParts, outputs, approvals }: Effects,
  { requireOpen }: Lifetime,
): EffectMethods {
  const { deviceSide, store, directory, journal, epoch, pause, events, log, onChange } = records;
  return {
    async call(request) {
      requireOpen();
      return call(callParts, request);
    },
    async preview(request) {
      requireOpen();
      return preview({ deviceSide, directory }, request);
    },

    policy: (connectorId) => directory.get(connectorId).policy,
    async setPolicy(connectorId, policy, caller) {
      const { name, tools } = directory.get(connectorId);
      const checked = checkPolicy(policy, name, tools);
      await directory.change(connectorId, { policy: checked });
      await approvals.voidWhere((row) => row.connector_id === connectorId, 'was given another policy');
      log.info({ connector: connectorId, by: caller.id }, 'The policy of a connector was changed');
      onChange(connectorId);
      return checked;
    },
    paused: () => pause.paused(),
    async setPaused(paused, caller) {
      await pause.set(paused);
      if (paused) await deviceSide.releaseOutputs({ connectorId: null });
      log.warn({ by: caller.id }, paused ? 'Actions were paused' : 'Actions were resumed');
      events.emit({ type: 'pause', paused });
    },

    journal: (filter) => journal.entries(filter),
    journalEntry: (journalId) => toEntry(journal.row(journalId)),
    journalPages: (span) => readJournalPages(store.journal, span),
    async settle(journalId, settlement, caller) {
      const row = await journal.settle(journalId, settlement, caller);
      outputs.settled(row);
      return toEntry(row);
    },
    epoch: () => ({ epoch: epoch.id, acknowledged: !epoch.locked() }),
    async acknowledgeEpoch(caller) {
      await epoch.acknowledge();
      log.warn({ by: caller.id, epoch: epoch.id }, 'The loss of the journal was acknowledged');
    },
  };
}
