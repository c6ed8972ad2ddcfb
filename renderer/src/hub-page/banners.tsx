import { useEffect, useState } from 'react';
import { announceAtOnce } from '../frame/announcer.ts';
import { lastUse, request } from '../live/request.ts';
import { tryAgainNow } from '../live/retry.ts';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';
import { displayClock } from '../words/times.ts';
import { useHub } from './live.ts';
import { pageSessionSchema } from './wire.ts';

/** A session that nobody uses ends after this long, in milliseconds. */
const IDLE_LIMIT_MS = 30 * 60_000;
const WARN_BEFORE_MS = 2 * 60_000;

/** What concerns every screen: the hub is lost, the session is about to end. */
export function Banners() {
  const link = useHub((state) => state.link);
  const sinceMs = useHub((state) => state.lostSinceMs);
  return (
    <>
      {link === 'lost' && sinceMs !== null && <Lost sinceMs={sinceMs} />}
      {link === 'live' && <IdleWarning />}
    </>
  );
}

function Lost({ sinceMs }: { readonly sinceMs: number }) {
  const { t, locale } = useWords();
  const at = displayClock(new Date(sinceMs).toISOString(), locale, Date.now());
  useEffect(() => announceAtOnce(t('hub.lost', { at })), [t, at]);
  return (
    <div className="banner error" role="alert" data-lost>
      <Mark look={machineLooks.error} />
      <span>
        {t('hub.lost', { at })} {t('hub.lostBody')}
      </span>
      <button type="button" onClick={tryAgainNow}>
        {t('hub.tryNow')}
      </button>
    </div>
  );
}

/** Says two minutes before that the session ends, and lets a person stay (WCAG 2.2.1). */
function IdleWarning() {
  const { t } = useWords();
  const [warned, setWarned] = useState(false);
  useEffect(() => {
    const timer = setInterval(() => setWarned(Date.now() - lastUse() > IDLE_LIMIT_MS - WARN_BEFORE_MS), 5_000);
    return () => clearInterval(timer);
  }, []);
  useEffect(() => {
    if (warned) announceAtOnce(t('hub.idle'));
  }, [warned, t]);
  if (!warned) return null;
  const stay = async () => {
    // A session that has ended meanwhile shows as signed out by itself.
    await request('GET', '/session', pageSessionSchema).catch(() => {});
    setWarned(false);
  };
  return (
    <div className="banner attention" role="alert">
      <span>{t('hub.idle')}</span>
      <button type="button" onClick={stay}>
        {t('hub.stay')}
      </button>
    </div>
  );
}
