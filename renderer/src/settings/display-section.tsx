import { chooseDisplay, type Display, displayChoices, useDisplay } from '../frame/display.ts';
import { Link } from '../frame/router.tsx';
import { useWords } from '../words/language.ts';

/** How the page looks in this browser. */
export function DisplaySection() {
  const { t, find } = useWords();
  const display = useDisplay();
  const choice = <Part extends keyof Display>(part: Part, label: string, values: readonly Display[Part][]) => (
    <fieldset className="field" key={part}>
      <legend>{label}</legend>
      {values.map((value) => (
        <label key={value} className="option">
          <input
            type="radio"
            name={part}
            value={value}
            checked={display[part] === value}
            onChange={() => chooseDisplay({ [part]: value })}
          />
          <span>{find('settings', `${part}_${value.replace('-', '_')}`) ?? value}</span>
        </label>
      ))}
    </fieldset>
  );
  return (
    <div className="form">
      {choice('theme', t('settings.theme'), displayChoices.theme)}
      {choice('density', t('settings.density'), displayChoices.density)}
      {choice('motion', t('settings.motion'), displayChoices.motion)}
      {choice('keys', t('settings.keys'), displayChoices.keys)}
      <p className="muted">{t('settings.inThisBrowser')}</p>
      <section className="setting">
        <h2>{t('settings.panel')}</h2>
        <p>{t('settings.panelBody')}</p>
        <Link to={{ at: 'kiosk' }} className="button">
          {t('settings.openPanel')}
        </Link>
      </section>
    </div>
  );
}
