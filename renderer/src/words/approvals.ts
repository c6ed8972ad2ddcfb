import type { Approval } from '../wire.ts';
import type { StateWords } from './en.ts';

/** When a screen reader is told how long there is, in seconds. */
export const spokenSeconds: ReadonlySet<number> = new Set([60, 30, 10]);

const evidenceWords: Readonly<Record<string, string>> = {
  device_ack: 'device confirmed',
  read_back: 'read back',
  counter: 'device counted it',
  status_after: 'device shows it',
};

/** How an approval ended, and what became of the action. */
export function endedWords({
  state,
  decision,
  journal_state: row,
  evidence,
  error,
}: Approval): Pick<StateWords, 'word' | 'shape' | 'tone'> {
  const by = decision?.by == null ? '' : ` by ${decision.by}`;
  if (state === 'denied') return { word: `Not allowed${by}. Nothing was sent.`, shape: 'bar', tone: 'off' };
  if (state === 'expired') return { word: 'Ran out of time. Nothing was sent.', shape: 'bar', tone: 'off' };
  if (state === 'void')
    return { word: error?.message ?? 'No longer possible. Nothing was sent.', shape: 'bar', tone: 'off' };
  const why = error === null ? '' : ` ${error.message}`;
  switch (row) {
    case 'applied':
      return evidence === 'transmitted'
        ? { word: `Allowed${by}. Sent, not confirmed.`, shape: 'triangle', tone: 'attention' }
        : {
            word: `Allowed${by}. Done, ${evidenceWords[evidence ?? ''] ?? 'by the device’s word'}.`,
            shape: 'tick',
            tone: 'ok',
          };
    case 'unknown':
      return { word: `Allowed${by}. Not known if it happened.${why}`, shape: 'diamond', tone: 'unknown' };
    case 'refused':
    case 'failed':
      return { word: `Allowed${by}, but it was not done.${why}`, shape: 'octagon', tone: 'error' };
    default:
      return { word: `Allowed${by}. On its way.`, shape: 'dashed', tone: 'accent' };
  }
}
