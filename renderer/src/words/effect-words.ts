import type { Effect, JournalEntry } from '../live/wire.ts';
import type { Words } from './language.ts';
import { type Look, outcomeLooks } from './states.table.ts';

/** How the end of a call is drawn: what was only sent is never drawn as done. */
export function effectLook({ outcome, evidence, reason }: Effect): Look {
  if (outcome === 'applied' && evidence === 'transmitted') return outcomeLooks.transmitted;
  if (outcome === 'refused' && (reason === 'unresolved_effect' || reason === 'duplicate_suspected'))
    return outcomeLooks[reason];
  return outcomeLooks[outcome];
}

/** The words for the end of a call. */
export function effectWord({ t }: Words, { outcome, evidence, sent }: Effect): string {
  if (outcome === 'applied' && evidence === 'transmitted') return t('outcomes.transmitted');
  if (outcome === 'failed') return t(sent ? 'outcomes.failed_sent' : 'outcomes.failed_not_sent');
  return t(`outcomes.${outcome}`);
}

/** How a row of the journal is drawn; what a person said of a doubtful one leads. */
export function rowLook({ state, evidence, reason, settlement }: JournalEntry): Look {
  if (settlement !== null)
    return settlement.answer === 'happened' ? outcomeLooks.settled_happened : outcomeLooks.settled_did_not_happen;
  if (state === 'applied' && evidence === 'transmitted') return outcomeLooks.transmitted;
  if (state === 'refused' && (reason === 'unresolved_effect' || reason === 'duplicate_suspected'))
    return outcomeLooks[reason];
  return outcomeLooks[state];
}

/** The words for a row of the journal. */
export function rowWord({ t }: Words, { state, evidence, sent, settlement }: JournalEntry): string {
  if (settlement !== null)
    return t(settlement.answer === 'happened' ? 'activity.saidHappened' : 'activity.saidDidNotHappen');
  if (state === 'applied' && evidence === 'transmitted') return t('outcomes.transmitted');
  if (state === 'failed') return t(sent ? 'outcomes.failed_sent' : 'outcomes.failed_not_sent');
  return t(`outcomes.${state}`);
}
