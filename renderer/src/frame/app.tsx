import { lazy, Suspense, useCallback, useEffect, useRef, useState } from 'react';
import { Home } from '../home/home.tsx';
import { follow } from '../live/follow.ts';
import { useLive } from '../live/store.ts';
import { useShell } from '../shell/shell.ts';
import { useWords } from '../words/language.ts';
import { Banners } from './banners.tsx';
import { FaultGuard } from './fault-guard.tsx';
import { IdleWarning } from './idle-warning.tsx';
import { KeyList } from './key-list.tsx';
import { usePlaceKeys } from './keys.ts';
import { LiveRegions } from './live-regions.tsx';
import { Nowhere } from './nowhere.tsx';
import { type Place, pathOf } from './places.ts';
import { Rail } from './rail.tsx';
import { go, goOnAt, useLocation } from './router.tsx';
import { useScannerGuard } from './scanner-guard.ts';
import { SignedOut } from './signed-out.tsx';
import { speakValue } from './speak-value.ts';
import { TopBar } from './top-bar.tsx';
import { useApprovalAlerts } from './use-approval-alerts.ts';
import { takeWayBack } from './way-back.ts';

const DevicePage = lazy(async () => ({ default: (await import('../install/device-page.tsx')).DevicePage }));
const InstallSheet = lazy(async () => ({ default: (await import('../install/install-sheet.tsx')).InstallSheet }));
const Catalogue = lazy(async () => ({ default: (await import('../install/catalogue.tsx')).Catalogue }));
const ConnectorPage = lazy(async () => ({ default: (await import('../connector/connector-page.tsx')).ConnectorPage }));
const Approvals = lazy(async () => ({ default: (await import('../approvals/approvals.tsx')).Approvals }));
const Activity = lazy(async () => ({ default: (await import('../activity/activity.tsx')).Activity }));
const Cloud = lazy(async () => ({ default: (await import('../cloud/cloud.tsx')).Cloud }));
const Settings = lazy(async () => ({ default: (await import('../settings/settings.tsx')).Settings }));
const Kiosk = lazy(async () => ({ default: (await import('../kiosk/kiosk.tsx')).Kiosk }));
const Support = lazy(async () => ({ default: (await import('../support/support.tsx')).Support }));

/** The window: the frame around every place, and the place where the page is. */
export function App() {
  useScannerGuard();
  useEffect(() => {
    const ended = new AbortController();
    void follow(ended.signal);
    return () => ended.abort();
  }, []);
  const link = useLive((state) => state.link);
  const live = link === 'live';
  const began = useRef(false);
  useEffect(() => {
    if (!live || began.current) return;
    began.current = true;
    if (window.location.pathname !== '/') return;
    const wayBack = takeWayBack();
    if (wayBack !== null) goOnAt(wayBack);
  }, [live]);
  const { place } = useLocation();
  const keptInKiosk = useShell()?.kiosk === true;
  useEffect(() => {
    // Nothing but the PIN leads out of kiosk mode, not even an address.
    if (keptInKiosk && place.at !== 'kiosk') go({ at: 'kiosk' }, { replace: true });
  }, [keptInKiosk, place]);
  if (link === 'signed_out') return <SignedOut />;
  return place.at === 'kiosk' ? <KioskFrame /> : <Frame />;
}

/** The kiosk's panel has a frame of its own. */
function KioskFrame() {
  const { t } = useWords();
  useApprovalAlerts();
  return (
    <FaultGuard place="/kiosk">
      <Suspense fallback={<p className="muted">{t('frame.loading')}</p>}>
        <Kiosk />
      </Suspense>
    </FaultGuard>
  );
}

function Frame() {
  const { t } = useWords();
  const { place, over } = useLocation();
  useApprovalAlerts();
  const search = useRef<HTMLInputElement>(null);
  const speak = useCallback(() => speakValue(t('keys.noValue')), [t]);
  const [keysShown, setKeysShown] = useState(false);
  usePlaceKeys({
    onHelp: useCallback(() => setKeysShown(true), []),
    onSearch: useCallback(() => search.current?.focus(), []),
    onSpeak: speak,
  });
  // A sheet stands over the place that it was opened from.
  const sheet = place.at === 'device' && place.installing;
  const below: Place = sheet ? (over ?? { ...place, installing: false }) : place;
  return (
    <>
      <a className="skip" href="#content">
        {t('frame.skip')}
      </a>
      <TopBar search={search} />
      <div className="body">
        <Rail place={below} onKeys={() => setKeysShown(true)} />
        <main id="content" tabIndex={-1}>
          <Banners />
          <IdleWarning />
          <FaultGuard place={pathOf(below)}>
            <Suspense fallback={<p className="muted">{t('frame.loading')}</p>}>
              <PlaceView key={placeKey(below)} place={below} />
              {sheet && <InstallSheet deviceId={place.deviceId} />}
            </Suspense>
          </FaultGuard>
        </main>
      </div>
      {keysShown && <KeyList onClose={() => setKeysShown(false)} />}
      <LiveRegions />
    </>
  );
}

/** What makes another screen of it: a tab or an open row does not. */
function placeKey(place: Place): string {
  switch (place.at) {
    case 'connector':
      return `connector/${place.connectorId}`;
    case 'device':
      return `device/${place.deviceId}`;
    default:
      return place.at;
  }
}

function PlaceView({ place }: { readonly place: Place }) {
  switch (place.at) {
    case 'home':
      return <Home />;
    case 'device':
      return <DevicePage deviceId={place.deviceId} />;
    case 'catalogue':
      return <Catalogue installing={place.installing} />;
    case 'connector':
      return <ConnectorPage connectorId={place.connectorId} tab={place.tab} />;
    case 'approvals':
      return <Approvals approvalId={place.approvalId} />;
    case 'activity':
      return <Activity rowId={place.rowId} />;
    case 'cloud':
      return <Cloud />;
    case 'settings':
      return <Settings section={place.section} />;
    case 'support':
      return <Support />;
    case 'kiosk':
      // It stands without this frame.
      return null;
    case 'nowhere':
      return <Nowhere />;
  }
}
