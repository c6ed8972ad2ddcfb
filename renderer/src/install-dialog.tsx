import { type FormEvent, useEffect, useRef, useState } from 'react';
import { RequestError, request } from './api.ts';
import { InstallFieldRow } from './install-field.tsx';
import { configOf, fieldsOf } from './install-fields.ts';
import { type Device, type Listing, listingListSchema } from './wire.ts';

/** Installs a connector on a device: what it is, what it is called, and what its listing has to be told. */
export function InstallDialog({
  device,
  deviceName,
  onClose,
  say,
}: {
  readonly device: Device;
  readonly deviceName: string;
  readonly onClose: () => void;
  readonly say: (text: string) => void;
}) {
  const dialog = useRef<HTMLDialogElement>(null);
  const [listings, setListings] = useState<readonly Listing[]>([]);
  const [listingId, setListingId] = useState(device.recognition.listing ?? '');
  const [name, setName] = useState('');
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);

  useEffect(() => {
    dialog.current?.showModal();
    const ended = new AbortController();
    request('GET', '/v1/listings', undefined, ended.signal)
      .then((answer) => setListings(listingListSchema.parse(answer).data.filter(({ kind }) => kind === 'hardware')))
      .catch((error: unknown) => {
        if (!ended.signal.aborted) setProblem(explain(error));
      });
    return () => ended.abort();
  }, []);

  const listing = listings.find(({ id }) => id === listingId);
  const fields = listing === undefined ? [] : fieldsOf(listing, { unit: device.unit !== null });
  const row = (field: (typeof fields)[number]) => (
    <InstallFieldRow
      key={field.key}
      field={field}
      value={given[field.key] ?? field.initial}
      onChange={(value) => setGiven((before) => ({ ...before, [field.key]: value }))}
    />
  );
  const optional = fields.filter((field) => !field.required);

  const install = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      await request('POST', '/v1/connectors', {
        listing: listingId,
        auth: { type: 'none' },
        config: { device: device.id, ...configOf(fields, given) },
        ...(name.trim() === '' ? {} : { name: name.trim() }),
      });
      say(`${name.trim() || deviceName} is installed.`);
      dialog.current?.close();
    } catch (error) {
      setProblem(explain(error));
      setBusy(false);
    }
  };

  return (
    <dialog ref={dialog} onClose={onClose} aria-labelledby={`install-${device.id}`}>
      <form onSubmit={install}>
        <h3 id={`install-${device.id}`}>Install {deviceName}</h3>
        <div className="field">
          <label htmlFor="install-listing">What it is</label>
          <select
            id="install-listing"
            value={listingId}
            required
            onChange={(event) => {
              setListingId(event.target.value);
              setGiven({});
            }}
          >
            {listingId === '' && <option value="">Choose…</option>}
            {listings.map(({ id, title }) => (
              <option key={id} value={id}>
                {title}
              </option>
            ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="install-name">Name, where it stands for instance</label>
          <input
            id="install-name"
            type="text"
            maxLength={255}
            placeholder={listingId}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        {fields.filter((field) => field.required).map(row)}
        {optional.length > 0 && (
          <details>
            <summary>Line and other settings</summary>
            {optional.map(row)}
          </details>
        )}
        <p className="muted">Programs may read it then. Actions stay denied until you allow them on this computer.</p>
        {problem !== null && (
          <p className="problem" role="alert">
            {problem}
          </p>
        )}
        <div className="row">
          <button type="button" onClick={() => dialog.current?.close()}>
            Not now
          </button>
          <button type="submit" className="primary" disabled={busy || listing === undefined}>
            {busy ? 'Installing…' : 'Install'}
          </button>
        </div>
      </form>
    </dialog>
  );
}

function explain(error: unknown): string {
  if (!(error instanceof RequestError)) return 'The agent did not answer.';
  return [error.message, error.hint].filter(Boolean).join(' ');
}
