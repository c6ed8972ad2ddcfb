import { useCallback, useEffect, useState } from 'react';
import { FaultGuard } from '../frame/fault-guard.tsx';
import { LiveRegions } from '../frame/live-regions.tsx';
import { useWords } from '../words/language.ts';
import { Banners } from './banners.tsx';
import { HubBar } from './hub-bar.tsx';
import { HubRail } from './hub-rail.tsx';
import { Enrolments } from './keys/enrolments.tsx';
import { Keys } from './keys/keys.tsx';
import { followHub, useHub } from './live.ts';
import { MachinePage } from './machines/machine-page.tsx';
import { Machines } from './machines/machines.tsx';
import { Pair } from './pair/pair.tsx';
import { type Place, pathOf } from './places.ts';
import { useLocation } from './router.tsx';
import { takeTicket, watchOtherTabs } from './session.ts';
import { Settings } from './settings.tsx';
import { SignIn } from './sign-in.tsx';

const firstTicket = takeTicket();

/** The hub's own page: signed out, or the frame around the screen where it is. */
export function HubPage() {
  const [ticket, setTicket] = useState(firstTicket);
  const [times, setTimes] = useState(0);
  const anew = useCallback(() => {
    setTicket(null);
    setTimes((before) => before + 1);
  }, []);
  // biome-ignore lint/correctness/useExhaustiveDependencies: each sign-in is followed anew
  useEffect(() => {
    if (ticket !== null) return;
    const ended = new AbortController();
    void followHub(ended.signal);
    return () => ended.abort();
  }, [ticket, times]);
  useEffect(() => watchOtherTabs(anew), [anew]);
  const link = useHub((state) => state.link);
  const wasIn = useHub((state) => state.wasIn);
  const known = useHub((state) => state.session !== null);
  if (ticket !== null || link === 'signed_out') return <SignIn ended={wasIn} ticket={ticket} onSignedIn={anew} />;
  return known ? <Frame /> : <Connecting />;
}

function Connecting() {
  const { t } = useWords();
  return (
    <main className="hub-alone">
      <h1>{t('hub.connecting')}</h1>
      <Banners />
      <LiveRegions />
    </main>
  );
}

function Frame() {
  const { t } = useWords();
  const { place } = useLocation();
  return (
    <>
      <a className="skip" href="#content">
        {t('hub.skip')}
      </a>
      <HubBar />
      <div className="body">
        <HubRail place={place} />
        <main id="content" tabIndex={-1}>
          <Banners />
          <FaultGuard place={pathOf(place)}>
            <PlaceView key={pathOf(place)} place={place} />
          </FaultGuard>
        </main>
      </div>
      <LiveRegions />
    </>
  );
}

function PlaceView({ place }: { readonly place: Place }) {
  switch (place.at) {
    case 'machines':
      return <Machines />;
    case 'machine':
      return <MachinePage id={place.id} />;
    case 'pair':
      return <Pair />;
    case 'enrolments':
      return <Enrolments />;
    case 'keys':
      return <Keys />;
    case 'settings':
      return <Settings />;
  }
}
