import { type FormEvent, useState } from 'react';
import { request } from '../../live/request.ts';
import { Sheet } from '../../parts/sheet.tsx';
import { useWords } from '../../words/language.ts';
import { SaidProblem } from '../said-problem.tsx';
import { useAct } from '../use-act.ts';
import { type CreatedKey, createdKeySchema, keyRoles } from '../wire.ts';

/** Makes a key of a role. */
export function KeySheet({
  onMade,
  onClose,
}: {
  readonly onMade: (made: CreatedKey) => void;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const [name, setName] = useState('');
  const [role, setRole] = useState<(typeof keyRoles)[number]>('read_only');
  const { busy, problem, act } = useAct();
  const make = (event: FormEvent) => {
    event.preventDefault();
    const body = { name: name.trim(), role };
    void act(async () => onMade(await request('POST', '/v1/keys', createdKeySchema, { body })));
  };
  return (
    <Sheet title={t('hub.newKey')} onClose={onClose} closable={!busy}>
      <form onSubmit={make}>
        <div className="field">
          <label htmlFor="key-name">{t('hub.keyName')}</label>
          <input
            id="key-name"
            type="text"
            required
            maxLength={100}
            autoComplete="off"
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        <fieldset className="field">
          <legend>{t('hub.role')}</legend>
          {keyRoles.map((each) => (
            <label key={each} className="option">
              <input type="radio" name="role" checked={role === each} onChange={() => setRole(each)} />
              <span>{t(`hub.role_${each}`)}</span>
            </label>
          ))}
        </fieldset>
        {problem !== null && (
          <SaidProblem error={problem} said={problem.code === 'state_conflict' ? t('hub.keyTaken') : null} />
        )}
        <div className="sheet-foot">
          <button type="button" onClick={onClose} disabled={busy}>
            {t('hub.cancel')}
          </button>
          <button type="submit" className="primary" disabled={busy || name.trim() === ''}>
            {t(busy ? 'hub.making' : 'hub.makeKey')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
