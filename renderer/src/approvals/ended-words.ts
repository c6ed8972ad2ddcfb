import type { Approval } from '../live/wire.ts';
import type { Words } from '../words/language.ts';
import { type Look, outcomeLooks } from '../words/states.table.ts';

/** When a screen reader is told how long there is, in seconds. */
export const spokenSeconds: ReadonlySet<number> = new Set([60, 30, 10]);

/** How an approval ended, and what became of the action. */
export function endedWords(
  { t, find }: Words,
  { state, decision, journal_state: row, evidence, error }: Approval,
): { readonly word: string; readonly look: Look } {
  const who = decision?.by ?? null;
  const allowed = who === null ? t('approvals.allowed') : t('approvals.allowedBy', { who });
  const { refused } = outcomeLooks;
  if (state === 'denied')
    return { word: who === null ? t('approvals.denied') : t('approvals.deniedBy', { who }), look: refused };
  if (state === 'expired') return { word: t('approvals.expired'), look: refused };
  if (state === 'void') return { word: error?.message ?? t('approvals.void'), look: refused };
  const why = error === null ? '' : ` ${error.message}`;
  switch (row) {
    case 'applied':
      return evidence === 'transmitted'
        ? { word: `${allowed} ${t('approvals.sentOnly')}`, look: outcomeLooks.transmitted }
        : {
            word: `${allowed} ${evidence === null ? '' : t('approvals.done', { how: find('evidence', evidence) ?? evidence })}`,
            look: outcomeLooks.applied,
          };
    case 'unknown':
      return { word: `${allowed} ${t('approvals.unknown')}${why}`, look: outcomeLooks.unknown };
    case 'refused':
    case 'failed':
      return { word: `${allowed} ${t('approvals.notDone')}${why}`, look: outcomeLooks.failed };
    default:
      return { word: `${allowed} ${t('approvals.onItsWay')}`, look: outcomeLooks.sent };
  }
}
