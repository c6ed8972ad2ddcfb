import { useEffect, useRef } from 'react';
import { useLive } from '../live/store.ts';
import { useWords } from '../words/language.ts';
import { announceAtOnce } from './announcer.ts';

/** Tells a screen reader at once, in whatever place it is, that something waits for a person. */
export function useApprovalAlerts(): void {
  const { t } = useWords();
  const approvals = useLive((state) => state.approvals);
  const told = useRef(new Set<string>());
  useEffect(() => {
    for (const { id, state, summary, connector_name: name } of approvals.values()) {
      if (state !== 'waiting' || told.current.has(id)) continue;
      told.current.add(id);
      announceAtOnce(t('frame.approvalNeeded', { summary, name }));
    }
  }, [approvals, t]);
}
