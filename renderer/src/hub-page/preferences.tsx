import { chooseDisplay, type Display, displayChoices, useDisplay } from '../frame/display.ts';
import { chooseLanguage, chosenLanguage, type Language, languages, useWords } from '../words/language.ts';

/** Language and colours of the page, as this browser keeps them. */
export function Preferences() {
  const { t, find } = useWords();
  const { theme } = useDisplay();
  return (
    <div className="preferences">
      <div className="field">
        <label htmlFor="language">{t('hub.language')}</label>
        <select
          id="language"
          value={chosenLanguage() ?? ''}
          onChange={(event) => {
            const chosen = Object.keys(languages).find((language) => language === event.target.value);
            void chooseLanguage((chosen as Language | undefined) ?? null);
          }}
        >
          <option value="">{t('hub.languageSystem')}</option>
          {Object.entries(languages).map(([language, name]) => (
            <option key={language} value={language} lang={language}>
              {name}
            </option>
          ))}
        </select>
      </div>
      <div className="field">
        <label htmlFor="theme">{t('hub.theme')}</label>
        <select
          id="theme"
          value={theme}
          onChange={(event) => {
            const chosen: Display['theme'] | undefined = displayChoices.theme.find(
              (choice) => choice === event.target.value,
            );
            if (chosen !== undefined) chooseDisplay({ theme: chosen });
          }}
        >
          {displayChoices.theme.map((choice) => (
            <option key={choice} value={choice}>
              {find('hub', `theme_${choice.replace('-', '_')}`) ?? choice}
            </option>
          ))}
        </select>
      </div>
      <p className="muted">{t('hub.inThisBrowser')}</p>
    </div>
  );
}
