import { useLive } from '../live/store.ts';
import { LanguageField } from '../parts/language-field.tsx';
import { shell } from '../shell/shell.ts';
import { useWords } from '../words/language.ts';
import { displayClock } from '../words/times.ts';
import { DesktopSetting } from './desktop-setting.tsx';

/** The language of the page, and which agent this is. */
export function GeneralSection() {
  const { t, locale } = useWords();
  const agent = useLive((state) => state.agent);
  return (
    <div className="form">
      <LanguageField
        label={t('settings.language')}
        system={t('settings.languageSystem')}
        note={t('settings.inThisBrowser')}
      />
      {agent !== null && (
        <dl className="facts">
          <dt>{t('settings.version')}</dt>
          <dd>{agent.version}</dd>
          <dt>{t('settings.runningSince')}</dt>
          <dd>{displayClock(agent.started_at, locale, Date.now())}</dd>
        </dl>
      )}
      {shell !== null && <DesktopSetting shell={shell} />}
    </div>
  );
}
