import { useLive } from '../live/store.ts';
import { shell } from '../shell/shell.ts';
import { chooseLanguage, chosenLanguage, type Language, languages, useWords } from '../words/language.ts';
import { displayClock } from '../words/times.ts';
import { DesktopSetting } from './desktop-setting.tsx';

/** The language of the page, and which agent this is. */
export function GeneralSection() {
  const { t, locale } = useWords();
  const agent = useLive((state) => state.agent);
  return (
    <div className="form">
      <div className="field">
        <label htmlFor="language">{t('settings.language')}</label>
        <select
          id="language"
          value={chosenLanguage() ?? ''}
          onChange={(event) => {
            const chosen = Object.keys(languages).find((language) => language === event.target.value);
            void chooseLanguage((chosen as Language | undefined) ?? null);
          }}
        >
          <option value="">{t('settings.languageSystem')}</option>
          {Object.entries(languages).map(([language, name]) => (
            <option key={language} value={language} lang={language}>
              {name}
            </option>
          ))}
        </select>
        <p className="muted">{t('settings.inThisBrowser')}</p>
      </div>
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
