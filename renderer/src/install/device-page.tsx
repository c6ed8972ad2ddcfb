import { Nowhere } from '../frame/nowhere.tsx';
import { Page } from '../frame/page.tsx';
import { Link } from '../frame/router.tsx';
import { DeviceRow } from '../home/device-row.tsx';
import { useLive } from '../live/store.ts';
import { deviceName } from '../parts/device-name.ts';
import { useWords } from '../words/language.ts';

/** A device without a connector; of one that has one, the way there. */
export function DevicePage({ deviceId }: { readonly deviceId: string }) {
  const { t } = useWords();
  const device = useLive((state) => state.devices.get(deviceId));
  const connecting = useLive((state) => state.link === 'connecting');
  if (connecting) return <p className="muted">{t('frame.connecting')}</p>;
  if (device === undefined) return <Nowhere />;
  return (
    <Page title={deviceName(device)}>
      <p>
        <Link to={{ at: 'home' }}>{t('frame.home')}</Link>
      </p>
      {device.owner?.type === 'connector' ? (
        <p>
          {t('install.hasConnector')}{' '}
          <Link to={{ at: 'connector', connectorId: device.owner.id, tab: 'live' }}>{device.owner.name}</Link>
        </p>
      ) : (
        <ul className="rows">
          <DeviceRow device={device} ignored={false} />
        </ul>
      )}
    </Page>
  );
}
