import { chooseLanguage, chosenLanguage, type Language, languages } from '../words/language.ts';

/** Chooses the language of the page; `system` names the choice that leaves it to the browser. */
export function LanguageField({
  label,
  system,
  note,
}: {
  readonly label: string;
  readonly system: string;
  readonly note?: string;
}) {
  return (
    <div className="field">
      <label htmlFor="language">{label}</label>
      <select
        id="language"
        value={chosenLanguage() ?? ''}
        onChange={(event) => {
          const chosen = Object.keys(languages).find((language) => language === event.target.value);
          void chooseLanguage((chosen as Language | undefined) ?? null);
        }}
      >
        <option value="">{system}</option>
        {Object.entries(languages).map(([language, name]) => (
          <option key={language} value={language} lang={language}>
            {name}
          </option>
        ))}
      </select>
      {note !== undefined && <p className="muted">{note}</p>}
    </div>
  );
}
