import { useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { Nowhere } from '../frame/nowhere.tsx';
import { Page } from '../frame/page.tsx';
import { go, Link } from '../frame/router.tsx';
import { DeviceRow } from '../home/device-row.tsx';
import { useIgnored } from '../home/ignored.ts';
import { RemoveDevice } from '../home/remove-device.tsx';
import { type RequestError, request } from '../live/request.ts';
import { noteEvent, useLive } from '../live/store.ts';
import { type Device, deviceSchema } from '../live/wire.ts';
import { deviceName } from '../parts/device-name.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { IdentityTag, IdentityWords } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';
import './install.css';
import { TellApart } from './tell-apart.tsx';
import { twinsOf } from './twins.ts';

/** One device: what is known of it, by what it is found again, what looks just like it, and the way to install it. */
export function DevicePage({ deviceId }: { readonly deviceId: string }) {
  const { t } = useWords();
  const device = useLive((state) => state.devices.get(deviceId));
  const connecting = useLive((state) => state.link === 'connecting');
  const devices = useLive((state) => state.devices);
  const ignored = useIgnored();
  if (connecting) return <p className="muted">{t('frame.connecting')}</p>;
  if (device === undefined) return <Nowhere />;
  const twins = twinsOf(device, devices.values());
  return (
    <Page title={deviceName(device)}>
      <p>
        <Link to={{ at: 'home' }}>{t('frame.home')}</Link>
      </p>
      {device.identity.needs_confirmation && <Confirm device={device} />}
      {device.owner?.type === 'connector' ? (
        <p>
          {t('install.hasConnector')}{' '}
          <Link to={{ at: 'connector', connectorId: device.owner.id, tab: 'live' }}>{device.owner.name}</Link>
        </p>
      ) : device.present ? (
        <ul className="rows">
          <DeviceRow device={device} ignored={ignored.has(device.id)} />
        </ul>
      ) : (
        <p className="note">{t('install.notPresent')}</p>
      )}
      <Facts device={device} />
      {device.added && <Added device={device} />}
      {twins.length > 0 && <TellApart devices={[device, ...twins]} />}
    </Page>
  );
}

function Facts({ device }: { readonly device: Device }) {
  const { t } = useWords();
  const { descriptor, identity, path, bus } = device;
  const rows: readonly (readonly [string, string | null])[] = [
    [t('install.factMaker'), descriptor.manufacturer],
    [t('install.factProduct'), descriptor.product],
    [t('install.factSerial'), identity.protocol_serial ?? descriptor.serial_number],
    [
      t('install.factIds'),
      descriptor.vendor_id === null ? null : `${descriptor.vendor_id}:${descriptor.product_id ?? '?'}`,
    ],
    [t('install.factSocket'), descriptor.topology],
    [t('install.factPath'), path],
    [t('install.factBus'), bus],
  ];
  return (
    <section className="card" aria-labelledby="device-facts">
      <h2 id="device-facts">{t('install.facts')}</h2>
      <dl className="facts">
        <dt>{t('install.foundBy')}</dt>
        <dd>
          <IdentityTag device={device} />{' '}
          <span className="muted">
            <IdentityWords device={device} />
          </span>
        </dd>
        {rows
          .filter(([, value]) => value !== null)
          .map(([name, value]) => (
            <div key={name}>
              <dt>{name}</dt>
              <dd>
                <code>{value}</code>
              </dd>
            </div>
          ))}
      </dl>
    </section>
  );
}

/** A device that a person added by its address goes the same way. */
function Added({ device }: { readonly device: Device }) {
  const { t } = useWords();
  const [removing, setRemoving] = useState(false);
  return (
    <section className="card" aria-labelledby="device-added">
      <h2 id="device-added">{t('home.addedTitle')}</h2>
      <p>{t(device.owner?.type === 'connector' ? 'home.addedInUse' : 'home.addedBody')}</p>
      {device.owner?.type !== 'connector' && (
        <div className="actions">
          <button type="button" onClick={() => setRemoving(true)}>
            {t('home.remove')}
          </button>
        </div>
      )}
      {removing && (
        <RemoveDevice
          device={device}
          onClose={() => setRemoving(false)}
          onRemoved={() => go({ at: 'home' }, { replace: true })}
        />
      )}
    </section>
  );
}

/** After a replug of what only its socket knows: a person looks and says that it is still the right unit. */
function Confirm({ device }: { readonly device: Device }) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const confirm = async () => {
    setBusy(true);
    try {
      const confirmed = await request('POST', `/v1/devices/${device.id}/confirm`, deviceSchema);
      noteEvent({ type: 'device', device: confirmed });
      announce(t('install.confirmed'));
    } catch (error) {
      setProblem(toRequestError(error));
      setBusy(false);
    }
  };
  return (
    <div className="note attention">
      <p>{t('install.confirmBodyDevice')}</p>
      {problem !== null && <Problem error={problem} takesFocus />}
      <button type="button" onClick={confirm} disabled={busy}>
        {t('install.isRight')}
      </button>
    </div>
  );
}
