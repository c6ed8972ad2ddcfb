import { type FormEvent, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { go, leaveSheet } from '../frame/router.tsx';
import { type RequestError, request } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import { type Device, installedConnectorSchema } from '../live/wire.ts';
import { deviceName } from '../parts/device-name.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { useWords } from '../words/language.ts';
import { InstallFieldRow } from './install-field.tsx';
import { configOf, fieldsOf } from './install-fields.ts';

/** Installs a connector on a device: what it is, what it is called, and what its listing has to be told. */
export function InstallSheet({
  subject,
}: {
  readonly subject: { readonly kind: 'device'; readonly deviceId: string };
}) {
  const device = useLive((state) => state.devices.get(subject.deviceId));
  return device === undefined ? null : <InstallOnDevice device={device} />;
}

function InstallOnDevice({ device }: { readonly device: Device }) {
  const { t } = useWords();
  const listings = useLive((state) => state.listings);
  const [listingId, setListingId] = useState(device.recognition.listing ?? '');
  const [name, setName] = useState('');
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [problem, setProblem] = useState<RequestError | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => leaveSheet({ at: 'device', deviceId: device.id, installing: false });

  const listing = listings.get(listingId);
  const fields = listing === undefined ? [] : fieldsOf(listing, { unit: device.unit !== null });
  const optional = fields.filter((field) => !field.required);
  const row = (field: (typeof fields)[number]) => (
    <InstallFieldRow
      key={field.key}
      field={field}
      value={given[field.key] ?? field.initial}
      onChange={(value) => setGiven((before) => ({ ...before, [field.key]: value }))}
    />
  );

  const install = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const made = await request('POST', '/v1/connectors', installedConnectorSchema, {
        body: {
          listing: listingId,
          auth: { type: 'none' },
          config: { device: device.id, ...configOf(fields, given) },
          ...(name.trim() === '' ? {} : { name: name.trim() }),
        },
      });
      announce(t('install.installed', { name: made.name }));
      go({ at: 'connector', connectorId: made.id, tab: 'live' }, { replace: true });
    } catch (error) {
      setProblem(toRequestError(error));
      setBusy(false);
    }
  };

  return (
    <Sheet title={t('install.title', { name: deviceName(device) })} onClose={close} closable={!busy}>
      <form onSubmit={install}>
        <div className="field">
          <label htmlFor="install-listing">{t('install.driver')}</label>
          <select
            id="install-listing"
            value={listingId}
            required
            onChange={(event) => {
              setListingId(event.target.value);
              setGiven({});
            }}
          >
            {listingId === '' && <option value="">{t('install.choose')}</option>}
            {[...listings.values()]
              .filter(({ kind }) => kind === 'hardware')
              .map(({ id, title }) => (
                <option key={id} value={id}>
                  {title}
                </option>
              ))}
          </select>
        </div>
        <div className="field">
          <label htmlFor="install-name">{t('install.name')}</label>
          <input
            id="install-name"
            type="text"
            maxLength={100}
            placeholder={listingId}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        {fields.filter((field) => field.required).map(row)}
        {optional.length > 0 && (
          <details>
            <summary>{t('install.options')}</summary>
            {optional.map(row)}
          </details>
        )}
        {problem !== null && <Problem error={problem} takesFocus />}
        <div className="sheet-foot">
          <button type="button" onClick={close} disabled={busy}>
            {t('install.cancel')}
          </button>
          <button type="submit" className="primary" disabled={busy || listing === undefined}>
            {busy ? t('install.installing') : t('install.install')}
          </button>
        </div>
      </form>
    </Sheet>
  );
}
