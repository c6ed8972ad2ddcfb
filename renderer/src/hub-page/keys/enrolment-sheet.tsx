import { type FormEvent, useState } from 'react';
import { request } from '../../live/request.ts';
import { Problem } from '../../parts/problem.tsx';
import { Sheet } from '../../parts/sheet.tsx';
import { useWords } from '../../words/language.ts';
import { useAct } from '../use-act.ts';
import { type CreatedEnrolment, createdEnrolmentSchema, grantNames, usualGrants } from '../wire.ts';

const HOUR_MS = 3_600_000;
const lives = [
  ['lifeHour', HOUR_MS],
  ['lifeDay', 24 * HOUR_MS],
  ['lifeWeek', 7 * 24 * HOUR_MS],
  ['lifeMonth', 30 * 24 * HOUR_MS],
] as const;

/** Makes an enrolment token. */
export function EnrolmentSheet({
  onMade,
  onClose,
}: {
  readonly onMade: (made: CreatedEnrolment) => void;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [names, setNames] = useState('*');
  const [uses, setUses] = useState('1');
  const [life, setLife] = useState<number>(24 * HOUR_MS);
  const [grants, setGrants] = useState(usualGrants);
  const { busy, problem, act } = useAct();
  const make = (event: FormEvent) => {
    event.preventDefault();
    const body = { name_pattern: names.trim(), uses: Number(uses), expires_in_ms: life, grants };
    void act(async () => onMade(await request('POST', '/v1/enrolments', createdEnrolmentSchema, { body })));
  };
  return (
    <Sheet title={t('hub.newToken')} onClose={onClose} closable={!busy}>
      <form onSubmit={make}>
        <div className="field">
          <label htmlFor="enrolment-names">{t('hub.names')}</label>
          <input
            id="enrolment-names"
            type="text"
            required
            maxLength={100}
            autoComplete="off"
            aria-describedby="enrolment-names-help"
            value={names}
            onChange={(event) => setNames(event.target.value)}
          />
          <p className="help" id="enrolment-names-help">
            {t('hub.namesHint')}
          </p>
        </div>
        <div className="field">
          <label htmlFor="enrolment-uses">{t('hub.uses')}</label>
          <input
            id="enrolment-uses"
            type="number"
            required
            min={1}
            max={10_000}
            step={1}
            value={uses}
            onChange={(event) => setUses(event.target.value)}
          />
        </div>
        <div className="field">
          <label htmlFor="enrolment-life">{t('hub.life')}</label>
          <select id="enrolment-life" value={life} onChange={(event) => setLife(Number(event.target.value))}>
            {lives.map(([name, ms]) => (
              <option key={name} value={ms}>
                {t(`hub.${name}`)}
              </option>
            ))}
          </select>
        </div>
        <fieldset className="field">
          <legend>{t('hub.grants')}</legend>
          {grantNames.map((grant) => (
            <label key={grant} className="option">
              <input
                type="checkbox"
                checked={grants[grant]}
                onChange={(event) => setGrants({ ...grants, [grant]: event.target.checked })}
              />
              <span>{t(`hub.grant_${grant}`)}</span>
            </label>
          ))}
        </fieldset>
        {problem !== null && <Problem error={problem} takesFocus />}
        <div className="sheet-foot">
          <button type="button" onClick={onClose} disabled={busy}>
            {t('hub.cancel')}
          </button>
          <button type="submit" className="primary" disabled={busy || names.trim() === ''}>
            {t(busy ? 'hub.making' : 'hub.makeToken')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
