import { useLive } from '../live/store.ts';
import { useWords } from '../words/language.ts';

/** Which version this is, and how another comes. */
export function UpdatesSection() {
  const { t } = useWords();
  const agent = useLive((state) => state.agent);
  return (
    <div className="form">
      <section className="setting">
        <h2>{t('settings.thisVersion', { version: agent?.version ?? '…' })}</h2>
        <p>{t('settings.updatesBody')}</p>
        {agent !== null && agent.journal.unresolved > 0 && (
          <p className="note attention">{t('settings.updateWaits', { count: agent.journal.unresolved })}</p>
        )}
      </section>
    </div>
  );
}
