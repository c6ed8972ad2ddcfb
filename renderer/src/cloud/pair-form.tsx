import { type FormEvent, useState } from 'react';
import { type RequestError, request } from '../live/request.ts';
import { type CloudStanding, cloudSchema, usualGrants } from '../live/wire.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { useWords } from '../words/language.ts';
import { GrantFields } from './grant-fields.tsx';

/** Begins to pair this machine with a hub: by a code, or at once with an enrolment token. */
export function PairForm({ onBegun }: { readonly onBegun: (cloud: CloudStanding) => void }) {
  const { t } = useWords();
  const [origin, setOrigin] = useState('');
  const [name, setName] = useState('');
  const [token, setToken] = useState('');
  const [grants, setGrants] = useState(usualGrants);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);

  const begin = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const begun = await request('POST', '/v1/cloud/pairing', cloudSchema, {
        body: {
          origin: origin.trim(),
          grants,
          ...(name.trim() === '' ? {} : { name: name.trim() }),
          ...(token.trim() === '' ? {} : { enrolment_token: token.trim() }),
        },
      });
      setToken('');
      onBegun(begun);
    } catch (error) {
      setProblem(toRequestError(error));
      setBusy(false);
    }
  };

  return (
    <form className="cloud-form" onSubmit={begin}>
      <div className="field">
        <label htmlFor="hub-origin">{t('cloud.origin')}</label>
        <input
          id="hub-origin"
          type="url"
          required
          placeholder="https://hub.example.com"
          value={origin}
          onChange={(event) => setOrigin(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="hub-name">{t('cloud.machineName')}</label>
        <input
          id="hub-name"
          type="text"
          maxLength={100}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      <GrantFields grants={grants} onChange={setGrants} />
      <p className="muted">{t('cloud.grantsBody')}</p>
      <details>
        <summary>{t('cloud.haveToken')}</summary>
        <div className="field">
          <label htmlFor="hub-token">{t('cloud.token')}</label>
          <input
            id="hub-token"
            type="password"
            autoComplete="off"
            maxLength={200}
            value={token}
            onChange={(event) => setToken(event.target.value)}
          />
        </div>
      </details>
      {problem !== null && <Problem error={problem} takesFocus />}
      <button type="submit" className="primary" disabled={busy || origin.trim() === ''}>
        {t(busy ? 'cloud.asking' : 'cloud.pair')}
      </button>
    </form>
  );
}
