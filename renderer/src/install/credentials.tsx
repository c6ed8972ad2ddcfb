import { useState } from 'react';
import type { Listing } from '../live/wire.ts';
import { useWords } from '../words/language.ts';

/** Credentials as they are typed; they leave the page once, with the installation, and never come back. */
export interface Credentials {
  readonly key: string;
  readonly username: string;
  readonly password: string;
}

export const noCredentials: Credentials = { key: '', username: '', password: '' };

/** The `auth` of an installation. */
export function authOf(type: Listing['auth']['type'], { key, username, password }: Credentials): object {
  if (type === 'api_key') return { type, key };
  if (type === 'basic') return { type, username, password };
  return { type };
}

/** What a listing needs to sign in at its source. Nothing where it needs nothing. */
export function CredentialFields({
  type,
  given,
  onChange,
}: {
  readonly type: Listing['auth']['type'];
  readonly given: Credentials;
  readonly onChange: (given: Credentials) => void;
}) {
  const { t } = useWords();
  const [shown, setShown] = useState(false);
  if (type === 'none') return null;
  if (type === 'oauth2') return <p className="muted">{t('install.oauth')}</p>;
  const secret = (name: 'key' | 'password', label: string) => (
    <div className="field">
      <label htmlFor={`credential-${name}`}>{label}</label>
      <input
        id={`credential-${name}`}
        type={shown ? 'text' : 'password'}
        autoComplete="off"
        spellCheck={false}
        required
        value={given[name]}
        onChange={(event) => onChange({ ...given, [name]: event.target.value })}
      />
    </div>
  );
  return (
    <>
      {type === 'basic' && (
        <div className="field">
          <label htmlFor="credential-username">{t('install.username')}</label>
          <input
            id="credential-username"
            type="text"
            autoComplete="off"
            required
            value={given.username}
            onChange={(event) => onChange({ ...given, username: event.target.value })}
          />
        </div>
      )}
      {type === 'basic' ? secret('password', t('install.password')) : secret('key', t('install.key'))}
      <label className="option">
        <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
        <span>{t('install.show')}</span>
      </label>
      <p className="muted">{t('install.writeOnly')}</p>
    </>
  );
}
