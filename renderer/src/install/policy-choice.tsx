import type { Listing } from '../live/wire.ts';
import { useWords } from '../words/language.ts';

/** What programs may do with a connector, beside reading. */
export type Decision = 'deny' | 'confirm' | 'allow';
const decisions: readonly Decision[] = ['deny', 'confirm', 'allow'];

/** What of a listing is more than reading; by convention every capability that only reads ends in `.read`. */
export function actionsOf({ capabilities }: Pick<Listing, 'capabilities'>): readonly string[] {
  return capabilities.filter((name) => !name.endsWith('.read'));
}

/** Whether programs may act on the device, in plain words. Nothing is asked where there is nothing to act. */
export function PolicyChoice({
  listing,
  decision,
  onDecide,
}: {
  readonly listing: Listing;
  readonly decision: Decision;
  readonly onDecide: (decision: Decision) => void;
}) {
  const { t } = useWords();
  const actions = actionsOf(listing);
  if (actions.length === 0) return <p className="muted">{t('install.readsOnly')}</p>;
  const words = {
    deny: [t('install.never'), t('install.neverBody')],
    confirm: [t('install.confirm'), t('install.confirmBody')],
    allow: [t('install.allow'), t('install.allowBody')],
  } as const;
  return (
    <fieldset className="field">
      <legend>{t('install.mayAct', { actions: actions.join(', ') })}</legend>
      {decisions.map((value) => (
        <label key={value} className="option">
          <input
            type="radio"
            name="decision"
            value={value}
            checked={decision === value}
            onChange={() => onDecide(value)}
          />
          <span>
            {words[value][0]}
            <span className="muted"> – {words[value][1]}</span>
          </span>
        </label>
      ))}
      <span className="help">{t('install.onlyHere')}</span>
    </fieldset>
  );
}
