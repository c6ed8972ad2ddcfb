import { chooseDisplay, type Display, displayChoices, useDisplay } from '../frame/display.ts';
import { LanguageField } from '../parts/language-field.tsx';
import { useWords } from '../words/language.ts';

/** Language and colours of the page, as this browser keeps them. */
export function Preferences() {
  const { t, find } = useWords();
  const { theme } = useDisplay();
  return (
    <div className="preferences">
      <LanguageField label={t('hub.language')} system={t('hub.languageSystem')} />
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
