import type { Grants } from '../live/wire.ts';
import { useWords } from '../words/language.ts';

const grantNames = ['read', 'act', 'install', 'care'] as const;

/** What a hub may do at this machine, one box each. */
export function GrantFields({
  grants,
  onChange,
  disabled = false,
}: {
  readonly grants: Grants;
  readonly onChange: (grants: Grants) => void;
  readonly disabled?: boolean;
}) {
  const { t } = useWords();
  return (
    <fieldset className="field" disabled={disabled}>
      <legend>{t('cloud.grants')}</legend>
      {grantNames.map((name) => (
        <label key={name} className="option">
          <input
            type="checkbox"
            name={`grant-${name}`}
            checked={grants[name]}
            onChange={(event) => onChange({ ...grants, [name]: event.target.checked })}
          />
          <span>{t(`cloud.grant_${name}`)}</span>
        </label>
      ))}
    </fieldset>
  );
}
