import type { Approval } from '../live/wire.ts';
import { type Look, outcomeLooks } from '../words/states.table.ts';

/** When a screen reader is told how long there is, in seconds. */
export const spokenSeconds: ReadonlySet<number> = new Set([60, 30, 10]);

const evidenceWords: Readonly<Record<string, string>> = {
  device_ack: 'device confirmed',
  read_back: 'read back',
  counter: 'device counted it',
  status_after: 'device shows it',
};

/** How an approval ended, and what became of the action. */
export function endedWords({ state, decision, journal_state: row, evidence, error }: Approval): {
  readonly word: string;
  readonly look: Look;
} {
  const by = decision?.by == null ? '' : ` by ${decision.by}`;
  const { refused } = outcomeLooks;
  if (state === 'denied') return { word: `Not allowed${by}. Nothing was sent.`, look: refused };
  if (state === 'expired') return { word: 'Ran out of time. Nothing was sent.', look: refused };
  if (state === 'void') return { word: error?.message ?? 'No longer possible. Nothing was sent.', look: refused };
  const why = error === null ? '' : ` ${error.message}`;
  switch (row) {
    case 'applied':
      return evidence === 'transmitted'
        ? { word: `Allowed${by}. Sent, not confirmed.`, look: outcomeLooks.transmitted }
        : {
            word: `Allowed${by}. Done, ${evidenceWords[evidence ?? ''] ?? 'by the device’s word'}.`,
            look: outcomeLooks.applied,
          };
    case 'unknown':
      return { word: `Allowed${by}. Not known if it happened.${why}`, look: outcomeLooks.unknown };
    case 'refused':
    case 'failed':
      return { word: `Allowed${by}, but it was not done.${why}`, look: outcomeLooks.failed };
    default:
      return { word: `Allowed${by}. On its way.`, look: outcomeLooks.sent };
  }
}
