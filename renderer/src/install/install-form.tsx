import { type FormEvent, type ReactNode, useState } from 'react';
import { type RequestError, request } from '../live/request.ts';
import { installedConnectorSchema, type Listing, policySchema } from '../live/wire.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { useWords } from '../words/language.ts';
import { authOf, CredentialFields, noCredentials } from './credentials.tsx';
import { InstallFieldRow } from './install-field.tsx';
import { configOf, formOf } from './install-fields.ts';
import { type Decision, PolicyChoice } from './policy-choice.tsx';

/** What was installed. */
export interface Made {
  readonly id: string;
  readonly name: string;
}

/** The form of an installation: name, settings, credentials, and whether programs may act. What was typed stays when it fails. */
export function InstallForm({
  listing,
  unitKnown,
  proposedName,
  initial = {},
  device,
  before,
  onInstalled,
  onCancel,
  onBusy,
}: {
  readonly listing: Listing;
  /** Whether the address on the bus is known with the device. */
  readonly unitKnown: boolean;
  readonly proposedName: string;
  /** Settings that are known already, for instance from what the device answered. */
  readonly initial?: Readonly<Record<string, unknown>>;
  /** `config.device`: an id, or what it is known by when it comes; null where the listing has none. */
  readonly device: string | Readonly<Record<string, string>> | null;
  /** What stands above the form and depends on its settings. */
  readonly before?: (config: object) => ReactNode;
  readonly onInstalled: (made: Made) => void;
  readonly onCancel: () => void;
  readonly onBusy: (busy: boolean) => void;
}) {
  const { t } = useWords();
  const [name, setName] = useState(proposedName);
  const [given, setGiven] = useState<Readonly<Record<string, string>>>(() =>
    Object.fromEntries(Object.entries(initial).map(([key, value]) => [key, String(value)])),
  );
  const [credentials, setCredentials] = useState(noCredentials);
  const [decision, setDecision] = useState<Decision>('deny');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const { fields, beyond } = formOf(listing, { unit: unitKnown });
  const config = configOf(fields, given);
  const row = (field: (typeof fields)[number]) => (
    <InstallFieldRow
      key={field.key}
      field={field}
      value={given[field.key] ?? field.initial}
      onChange={(value) => setGiven((current) => ({ ...current, [field.key]: value }))}
    />
  );
  const optional = fields.filter((field) => !field.required);

  const install = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    onBusy(true);
    setProblem(null);
    try {
      const made = await request('POST', '/v1/connectors', installedConnectorSchema, {
        body: {
          listing: listing.id,
          auth: authOf(listing.auth.type, credentials),
          config: { ...(device === null ? {} : { device }), ...config },
          ...(name.trim() === '' ? {} : { name: name.trim() }),
        },
        idempotencyKey: crypto.randomUUID(),
      });
      if (decision !== 'deny') {
        await request('PUT', `/v1/connectors/${made.id}/policy`, policySchema, {
          body: { default: decision, tools: {} },
        }).catch((error: unknown) => setProblem(toRequestError(error)));
      }
      onBusy(false);
      onInstalled({ id: made.id, name: made.name });
    } catch (error) {
      setProblem(toRequestError(error));
      setCredentials(noCredentials);
      setBusy(false);
      onBusy(false);
    }
  };

  return (
    <form onSubmit={install}>
      {before?.(config)}
      <div className="field">
        <label htmlFor="install-name">{t('install.name')}</label>
        <input
          id="install-name"
          type="text"
          maxLength={100}
          placeholder={listing.id}
          value={name}
          onChange={(event) => setName(event.target.value)}
        />
      </div>
      {fields.filter((field) => field.required).map(row)}
      <CredentialFields type={listing.auth.type} given={credentials} onChange={setCredentials} />
      {optional.length + beyond.length > 0 && (
        <details>
          <summary>{t('install.options')}</summary>
          <div className="options">
            {optional.map(row)}
            {beyond.length > 0 && (
              <p className="muted">
                {t('install.beyond')} <code>{beyond.join(', ')}</code>
              </p>
            )}
          </div>
        </details>
      )}
      <PolicyChoice listing={listing} decision={decision} onDecide={setDecision} />
      {problem !== null && <Problem error={problem} takesFocus />}
      <div className="sheet-foot">
        <button type="button" onClick={onCancel} disabled={busy}>
          {t('install.cancel')}
        </button>
        <button type="submit" className="primary" disabled={busy}>
          {busy ? t('install.installing') : t('install.installNow', { name: name.trim() || listing.id })}
        </button>
      </div>
    </form>
  );
}
