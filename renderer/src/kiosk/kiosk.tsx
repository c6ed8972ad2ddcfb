import { useEffect, useRef, useState } from 'react';
import { Banners } from '../frame/banners.tsx';
import { holdDensity } from '../frame/display.ts';
import { IdleWarning } from '../frame/idle-warning.tsx';
import { LiveRegions } from '../frame/live-regions.tsx';
import { Link, look, useLocation } from '../frame/router.tsx';
import { countStandings, verdict } from '../frame/verdict.ts';
import { agentNow, subscribeClock } from '../live/clock.ts';
import { useLive } from '../live/store.ts';
import { Mark } from '../parts/mark.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { shell, useShell } from '../shell/shell.ts';
import { useWords } from '../words/language.ts';
import { machineLooks, outcomeLooks } from '../words/states.table.ts';
import './kiosk.css';
import { KioskApprovals } from './kiosk-approvals.tsx';
import { Tile } from './tile.tsx';
import { TileSheet } from './tile-sheet.tsx';
import { type Grid, gridFor, inKioskOrder, pageOfTiles } from './tiles.ts';

/**
 * A supervisor's panel: big, without scrolling or typing; at a glance what is wrong and what to do. In the desktop program's
 * kiosk mode only the PIN leads out of it; in a browser it is a page like any other.
 */
export function Kiosk() {
  const words = useWords();
  const { t } = words;
  const { query } = useLocation();
  const heading = useRef<HTMLHeadingElement>(null);
  const link = useLive((state) => state.link);
  const connectors = useLive((state) => state.connectors);
  const approvals = useLive((state) => state.approvals);
  const paused = useLive((state) => state.paused);
  const pinSet = useLive((state) => state.pinSet);
  const unresolved = useLive((state) => state.agent?.journal.unresolved ?? 0);
  const desktop = useShell();
  const [place, setPlace] = useState<HTMLElement | null>(null);
  const grid = useGrid(place);
  const [open, setOpen] = useState<'approvals' | 'help' | { readonly connectorId: string } | null>(null);
  useEffect(() => {
    const { classList } = document.documentElement;
    classList.add('in-kiosk');
    const release = holdDensity('gloves');
    return () => {
      classList.remove('in-kiosk');
      release();
    };
  }, []);
  useEffect(() => {
    document.title = `${t('kiosk.title')} – Fibric Edge`;
    heading.current?.focus();
  }, [t]);

  const waiting = [...approvals.values()]
    .filter(({ state }) => state === 'waiting')
    .sort((left, right) => left.expires_at.localeCompare(right.expires_at));
  const needs = countStandings(connectors.values()).needs > 0 || waiting.length > 0 || unresolved > 0;
  const verdictLook =
    link === 'lost'
      ? machineLooks.offline
      : paused
        ? machineLooks.paused
        : needs
          ? machineLooks.attention
          : machineLooks.ok;
  const { shown, page, pages } = pageOfTiles(inKioskOrder(connectors.values()), grid, Number(query.get('page') ?? 1));
  const opened = open !== null && typeof open === 'object' ? connectors.get(open.connectorId) : undefined;
  const turn = (to: number) => look({ page: to === 1 ? null : String(to) }, { replace: true });
  return (
    <main className="kiosk" id="content" tabIndex={-1}>
      <div className="kiosk-head">
        <h1 ref={heading} tabIndex={-1}>
          <Clock />
        </h1>
        <p className="verdict" data-verdict>
          {link === 'connecting' ? (
            t('frame.connecting')
          ) : (
            <>
              <Mark look={verdictLook} />
              <span>
                {paused && `${t('frame.paused')} · `}
                {link === 'lost' ? t('kiosk.notKnown') : verdict(words, connectors.values(), approvals.values())}
              </span>
            </>
          )}
        </p>
        <button type="button" onClick={() => setOpen('help')}>
          {t('kiosk.help')}
        </button>
        {desktop?.kiosk === true ? (
          <button type="button" onClick={() => void shell?.leaveKiosk()}>
            {t('kiosk.leave')}
          </button>
        ) : (
          <Link to={{ at: 'home' }} className="button">
            {t('kiosk.toHome')}
          </Link>
        )}
      </div>
      <div className="kiosk-body">
        <Banners />
        {desktop?.kiosk !== true && <IdleWarning />}
        {unresolved > 0 && (
          <p className="banner attention">
            <Mark look={outcomeLooks.unknown} />
            <span>{t('home.unresolved', { count: unresolved })}</span>
          </p>
        )}
        <ul
          className="tiles"
          ref={setPlace}
          data-columns={grid.columns}
          data-rows={grid.rows}
          aria-label={t('kiosk.devices')}
        >
          {shown.map((connector) => (
            <Tile key={connector.id} connector={connector} onOpen={() => setOpen({ connectorId: connector.id })} />
          ))}
          {connectors.size === 0 && link !== 'connecting' && <li className="tile">{t('frame.noConnectors')}</li>}
        </ul>
      </div>
      <div className="kiosk-foot">
        {pages > 1 && (
          <nav className="kiosk-pages" aria-label={t('kiosk.pages')}>
            <button type="button" disabled={page === 1} onClick={() => turn(page - 1)} aria-label={t('kiosk.before')}>
              ‹
            </button>
            <span aria-live="polite">{t('kiosk.page', { page, pages })}</span>
            <button
              type="button"
              disabled={page === pages}
              onClick={() => turn(page + 1)}
              aria-label={t('kiosk.after')}
            >
              ›
            </button>
          </nav>
        )}
        {waiting.length > 0 && (
          <button type="button" className="primary" onClick={() => setOpen('approvals')}>
            {t('kiosk.approvals', { count: waiting.length })}
          </button>
        )}
      </div>
      {opened !== undefined && <TileSheet connector={opened} onClose={() => setOpen(null)} />}
      {open === 'approvals' && <KioskApprovals waiting={waiting} pinSet={pinSet} onClose={() => setOpen(null)} />}
      {open === 'help' && (
        <Sheet title={t('kiosk.help')} onClose={() => setOpen(null)}>
          <p>{t('kiosk.helpTiles')}</p>
          <p>{t('kiosk.helpApprovals')}</p>
          <p>{t(desktop?.kiosk === true ? 'kiosk.helpLeave' : 'kiosk.helpBrowser')}</p>
        </Sheet>
      )}
      <LiveRegions />
    </main>
  );
}

/** Two by two until it is known how much room there is. */
function useGrid(place: HTMLElement | null): Grid {
  const [grid, setGrid] = useState<Grid>({ columns: 2, rows: 2 });
  useEffect(() => {
    if (place === null) return;
    const measured = new ResizeObserver(() => {
      const next = gridFor(place.clientWidth, place.clientHeight);
      setGrid((now) => (now.columns === next.columns && now.rows === next.rows ? now : next));
    });
    measured.observe(place);
    return () => measured.disconnect();
  }, [place]);
  return grid;
}

/** The time of day by the agent's clock, written past React. */
function Clock() {
  const { locale } = useWords();
  const place = useRef<HTMLTimeElement>(null);
  useEffect(() => {
    const format = new Intl.DateTimeFormat(locale, { timeStyle: 'short' });
    const write = () => {
      const text = format.format(agentNow());
      if (place.current !== null && place.current.textContent !== text) place.current.textContent = text;
    };
    write();
    return subscribeClock(write);
  }, [locale]);
  return <time ref={place} />;
}
