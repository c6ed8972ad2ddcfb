import { AgentError } from '../../../drivers/kit/index.ts';
import { acknowledgeEpoch, type Database, readEpoch } from '../../store/index.ts';

/** Whether the journal's memory reaches back as far as it should (contract section 1, "Keys"). */
export interface JournalEpoch {
  readonly id: string;
  /** Another journal was here before, and was lost or damaged: no side effect until a person has taken note. */
  locked(): boolean;
  /** Why side effects are refused while it is locked. */
  lockedError(): AgentError;
  acknowledge(): Promise<void>;
}

/** Reads the epoch of an open journal. */
export function openEpoch(journal: Database): JournalEpoch {
  const { id, acknowledged } = readEpoch(journal);
  let locked = !acknowledged;
  return {
    id,
    locked: () => locked,
    lockedError: () =>
      new AgentError(
        'journal_epoch_unacknowledged',
        'The record of earlier actions was lost or damaged, so what was done before is not known. Actions are locked.',
        { hint: 'Look at the devices, then acknowledge the loss on this machine. Reading goes on meanwhile.' },
      ),
    async acknowledge() {
      await acknowledgeEpoch(journal, id);
      locked = false;
    },
  };
}
