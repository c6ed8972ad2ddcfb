import { useEffect } from 'react';
import { agentNow, clockDifference, useNow } from '../live/clock.ts';
import { tryAgainNow } from '../live/retry.ts';
import { useLive } from '../live/store.ts';
import { Mark } from '../parts/mark.tsx';
import { shell, useShell } from '../shell/shell.ts';
import { ShellButton } from '../shell/shell-button.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';
import { displayClock } from '../words/times.ts';
import { announceAtOnce } from './announcer.ts';
import { Link } from './router.tsx';

/** An agent that comes back by itself has done so by then, in milliseconds. */
const RESTART_AFTER_MS = 30_000;

/** What concerns every screen, the worst first: the agent is lost, actions are locked, actions are paused. */
export function Banners() {
  const { t } = useWords();
  const link = useLive((state) => state.link);
  const paused = useLive((state) => state.paused);
  const agent = useLive((state) => state.agent);
  return (
    <>
      {link === 'lost' && <Lost />}
      {agent !== null && !agent.journal.acknowledged && (
        <p className="banner error">
          <Mark look={machineLooks.error} />
          <span>
            {t('frame.journalLost')} <code>fibric-edge journal acknowledge</code>
          </span>
        </p>
      )}
      {agent !== null && !agent.storage.available && (
        <p className="banner error">
          <Mark look={machineLooks.error} />
          <span>
            {t('frame.notStored')} <Link to={{ at: 'support' }}>{t('frame.openSupport')}</Link>
          </span>
        </p>
      )}
      {paused && (
        <p className="banner attention">
          <Mark look={machineLooks.paused} />
          <span>{t('frame.pausedBody')}</span>
        </p>
      )}
      {clockDifference() !== 0 && <p className="banner attention">{t('frame.clockOff')}</p>}
    </>
  );
}

function Lost() {
  const { t, locale } = useWords();
  const sinceMs = useLive((state) => state.lostSinceMs);
  const at = displayClock(new Date(sinceMs ?? agentNow()).toISOString(), locale, agentNow());
  const long = useNow() - (sinceMs ?? agentNow()) > RESTART_AFTER_MS;
  const desktop = useShell();
  useEffect(() => announceAtOnce(t('frame.lost', { at })), [t, at]);
  return (
    <div className="banner error" role="alert" data-lost>
      <Mark look={machineLooks.error} />
      <span>
        {t('frame.lost', { at })} {t('frame.lostBody')}
      </span>
      <button type="button" onClick={tryAgainNow}>
        {t('frame.tryNow')}
      </button>
      {long && shell !== null && (
        <>
          {desktop?.agentOwner !== 'system' && desktop?.kiosk !== true && (
            <ShellButton label={t('desktop.restart')} act={shell.restartAgent} />
          )}
          {desktop?.kiosk !== true && <ShellButton label={t('desktop.showLogs')} act={shell.showLogs} />}
        </>
      )}
      {long && desktop?.agentOwner === 'system' && <p>{t('desktop.restartSystem')}</p>}
    </div>
  );
}
