import { type FormEvent, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { type RequestError, request } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import { type CreatedToken, createdTokenSchema, type Scope, scopes } from '../live/wire.ts';
import { CopyButton } from '../parts/copy-button.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { useWords } from '../words/language.ts';

const DAY_MS = 86_400_000;
const lives = [1, 30, 90, 365] as const;
const reading: readonly Scope[] = ['connectors:read', 'tools:read'];
/** What a token may be made for, without knowing the scopes. */
const purposes = { read: reading, act: [...reading, 'tools:act'], own: reading } as const satisfies Record<
  string,
  readonly Scope[]
>;
type Purpose = keyof typeof purposes;

/** Makes a token and shows its secret, once. */
export function TokenForm({ onClose }: { readonly onClose: () => void }) {
  const { t } = useWords();
  const [made, setMade] = useState<CreatedToken | null>(null);
  return (
    <Sheet title={t('settings.makeToken')} onClose={onClose}>
      {made === null ? <Form onMade={setMade} onClose={onClose} /> : <Secret made={made} onClose={onClose} />}
    </Sheet>
  );
}

function Secret({ made, onClose }: { readonly made: CreatedToken; readonly onClose: () => void }) {
  const { t } = useWords();
  const secret = made.token ?? '';
  return (
    <>
      <p>{t('settings.once', { name: made.name })}</p>
      <p className="command">
        <code data-secret>{secret}</code>
        <CopyButton text={secret} />
      </p>
      <div className="sheet-foot">
        <button type="button" className="primary" onClick={onClose}>
          {t('settings.haveIt')}
        </button>
      </div>
    </>
  );
}

function Form({ onMade, onClose }: { readonly onMade: (made: CreatedToken) => void; readonly onClose: () => void }) {
  const { t, find } = useWords();
  const connectors = useLive((state) => state.connectors);
  const [name, setName] = useState('');
  const [purpose, setPurpose] = useState<Purpose>('read');
  const [own, setOwn] = useState<ReadonlySet<Scope>>(new Set(reading));
  const [limited, setLimited] = useState<ReadonlySet<string>>(new Set());
  const [days, setDays] = useState<(typeof lives)[number]>(90);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const wanted = purpose === 'own' ? scopes.filter((scope) => own.has(scope)) : purposes[purpose];

  const make = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const made = await request('POST', '/v1/tokens', createdTokenSchema, {
        body: {
          name: name.trim(),
          scopes: wanted,
          expires_in_ms: days * DAY_MS,
          ...(limited.size === 0 ? {} : { connectors: [...limited] }),
        },
      });
      announce(t('settings.made', { name: made.name }));
      onMade(made);
    } catch (error) {
      setProblem(toRequestError(error));
      setBusy(false);
    }
  };
  const toggled = <Value,>(set: ReadonlySet<Value>, value: Value, on: boolean): ReadonlySet<Value> => {
    const next = new Set(set);
    if (on) next.add(value);
    else next.delete(value);
    return next;
  };
  return (
    <form onSubmit={make}>
      <div className="field">
        <label htmlFor="token-name">{t('settings.tokenName')}</label>
        <input
          id="token-name"
          type="text"
          maxLength={100}
          required
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <fieldset className="field">
        <legend>{t('settings.may')}</legend>
        {(['read', 'act', 'own'] as const).map((value) => (
          <label key={value} className="option">
            <input type="radio" name="purpose" checked={purpose === value} onChange={() => setPurpose(value)} />
            <span>{find('settings', `purpose_${value}`)}</span>
          </label>
        ))}
      </fieldset>
      {purpose === 'own' && (
        <fieldset className="field scopes">
          <legend className="visually-hidden">{t('settings.scopes')}</legend>
          {scopes.map((scope) => (
            <label key={scope} className="option">
              <input
                type="checkbox"
                checked={own.has(scope)}
                onChange={(event) => setOwn(toggled(own, scope, event.target.checked))}
              />
              <span>
                {find('scopes', scope.replace(':', '_')) ?? scope} <code className="muted">{scope}</code>
              </span>
            </label>
          ))}
        </fieldset>
      )}
      {connectors.size > 0 && (
        <details>
          <summary>
            {limited.size === 0 ? t('settings.noLimit') : t('settings.limitedTo', { count: limited.size })}
          </summary>
          <fieldset className="field scopes">
            <legend className="visually-hidden">{t('settings.limit')}</legend>
            {[...connectors.values()].map((connector) => (
              <label key={connector.id} className="option">
                <input
                  type="checkbox"
                  checked={limited.has(connector.id)}
                  onChange={(event) => setLimited(toggled(limited, connector.id, event.target.checked))}
                />
                <span>{connector.name}</span>
              </label>
            ))}
          </fieldset>
        </details>
      )}
      <div className="field">
        <label htmlFor="token-life">{t('settings.life')}</label>
        <select
          id="token-life"
          value={days}
          onChange={(event) => setDays(lives.find((life) => String(life) === event.target.value) ?? 90)}
        >
          {lives.map((life) => (
            <option key={life} value={life}>
              {t('settings.days', { count: life })}
            </option>
          ))}
        </select>
      </div>
      {problem !== null && <Problem error={problem} takesFocus />}
      <div className="sheet-foot">
        <button type="button" onClick={onClose} disabled={busy}>
          {t('install.cancel')}
        </button>
        <button type="submit" className="primary" disabled={busy || wanted.length === 0}>
          {t('settings.makeToken')}
        </button>
      </div>
    </form>
  );
}
