import { useMemo, useState } from 'react';
import { Link, leaveSheet, look, useLocation } from '../frame/router.tsx';
import { useLive } from '../live/store.ts';
import type { Device } from '../live/wire.ts';
import { deviceName } from '../parts/device-name.ts';
import { Sheet } from '../parts/sheet.tsx';
import { IdentityTag, IdentityWords } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';
import { DriverChoice } from './driver-choice.tsx';
import { IdentifyPanel } from './identify-panel.tsx';
import './install.css';
import { InstallForm, type Made } from './install-form.tsx';
import { InstallProgress } from './install-progress.tsx';
import { proposedName } from './proposed-name.ts';
import { twinsOf } from './twins.ts';

/** Installs a connector on a device: what it is and why, what it is called, what programs may do; then what came of it. */
export function InstallSheet({ deviceId }: { readonly deviceId: string }) {
  const { t } = useWords();
  const device = useLive((state) => state.devices.get(deviceId));
  const [made, setMade] = useState<Made | null>(null);
  const [busy, setBusy] = useState(false);
  const close = () => leaveSheet({ at: 'device', deviceId, installing: false });
  // What is on its way out of the page: its device says so itself.
  if (device === undefined) return null;
  const title =
    made === null ? t('install.title', { name: deviceName(device) }) : t('install.title', { name: made.name });
  return (
    <Sheet title={title} onClose={close} closable={!busy} wide>
      {made !== null ? (
        <InstallProgress made={made} onUndone={() => setMade(null)} />
      ) : device.owner?.type === 'connector' ? (
        <p>
          {t('install.hasConnector')}{' '}
          <Link to={{ at: 'connector', connectorId: device.owner.id, tab: 'live' }}>{device.owner.name}</Link>
        </p>
      ) : (
        <OnDevice device={device} onInstalled={setMade} onCancel={close} onBusy={setBusy} />
      )}
    </Sheet>
  );
}

function OnDevice({
  device,
  onInstalled,
  onCancel,
  onBusy,
}: {
  readonly device: Device;
  readonly onInstalled: (made: Made) => void;
  readonly onCancel: () => void;
  readonly onBusy: (busy: boolean) => void;
}) {
  const { t } = useWords();
  const { query } = useLocation();
  const listings = useLive((state) => state.listings);
  const devices = useLive((state) => state.devices);
  const listingId = query.get('listing') ?? device.recognition.listing ?? '';
  const connectors = useLive((state) => state.connectors);
  const listing = listings.get(listingId);
  const name = useMemo(
    () => (listing === undefined ? '' : proposedName(listing, connectors.values())),
    [listing, connectors],
  );
  const twins = twinsOf(device, devices.values());
  const choice = (
    <DriverChoice
      device={device}
      listings={listings}
      listingId={listingId}
      onChoose={(id) => look({ listing: id }, { replace: true })}
    />
  );
  const [found, setFound] = useState<Readonly<Record<string, unknown>>>({});
  const identify = (config: object) => (
    <IdentifyPanel
      deviceId={device.id}
      listingId={listing?.id ?? ''}
      config={config}
      onIdentified={(id, config) => {
        setFound(config);
        if (id !== listingId) look({ listing: id }, { replace: true });
      }}
    />
  );
  if (listing === undefined) {
    return (
      <>
        {choice}
        {identify({})}
      </>
    );
  }
  return (
    <InstallForm
      key={listing.id}
      listing={listing}
      unitKnown={device.unit !== null}
      proposedName={name}
      initial={device.found?.listing === listing.id ? device.found.config : found}
      device={device.id}
      onInstalled={onInstalled}
      onCancel={onCancel}
      onBusy={onBusy}
      before={(config) => (
        <>
          {choice}
          {identify(config)}
          <dl className="facts">
            <dt>{t('install.foundBy')}</dt>
            <dd>
              <IdentityTag device={device} />{' '}
              <span className="muted">
                <IdentityWords device={device} />
              </span>
              {twins.length > 0 && (
                <p>
                  {t('install.twins', { count: twins.length })}{' '}
                  <Link to={{ at: 'device', deviceId: device.id, installing: false }} query={{ step: 'apart' }}>
                    {t('install.tellApart')}
                  </Link>
                </p>
              )}
            </dd>
          </dl>
        </>
      )}
    />
  );
}
