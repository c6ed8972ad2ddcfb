import { useEffect, useState } from 'react';
import { lastUse, request } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import { agentHealthSchema } from '../live/wire.ts';
import { useWords } from '../words/language.ts';
import { announceAtOnce } from './announcer.ts';

/** A session that nobody uses ends after this long, in milliseconds (the agent's window sessions). */
const IDLE_LIMIT_MS = 30 * 60_000;
const WARN_BEFORE_MS = 2 * 60_000;

/** Says two minutes before that the session ends, and lets a person stay (WCAG 2.2.1). */
export function IdleWarning() {
  const { t } = useWords();
  const live = useLive((state) => state.link === 'live');
  const [warned, setWarned] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setWarned(Date.now() - lastUse() > IDLE_LIMIT_MS - WARN_BEFORE_MS), 5_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (warned) announceAtOnce(t('frame.idle'));
  }, [warned, t]);
  if (!warned || !live) return null;
  const stay = async () => {
    // A session that has ended meanwhile shows as signed out by itself.
    await request('GET', '/v1/health', agentHealthSchema).catch(() => {});
    setWarned(false);
  };
  return (
    <div className="banner attention" role="alert">
      <span>{t('frame.idle')}</span>
      <button type="button" onClick={stay}>
        {t('frame.stay')}
      </button>
    </div>
  );
}
