import { lazy, Suspense, useEffect, useMemo, useRef, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { Page } from '../frame/page.tsx';
import { Link, useLocation } from '../frame/router.tsx';
import { verdict } from '../frame/verdict.ts';
import { useLive } from '../live/store.ts';
import { deviceName } from '../parts/device-name.ts';
import { useWords } from '../words/language.ts';
import { AddAddressLink } from './add-address-link.tsx';
import { Asks } from './asks.tsx';
import { CauseRow } from './cause-row.tsx';
import { ConnectorRow } from './connector-row.tsx';
import { DeviceRow } from './device-row.tsx';
import { EmptyHome } from './empty-home.tsx';
import { FilterBar } from './filter-bar.tsx';
import { type Filters, filtersOf, type GroupKey } from './filters.ts';
import { classesOf, type Group, groupsOf, type Row, unusedDevices } from './groups.ts';
import { useHeldOrder } from './held-order.ts';
import './home.css';
import { useIgnored } from './ignored.ts';

const AddAddress = lazy(async () => ({ default: (await import('./add-address.tsx')).AddAddress }));

/** Home: everything on this machine, what needs a person first. */
export function Home() {
  const words = useWords();
  const { t } = words;
  const { query } = useLocation();
  const link = useLive((state) => state.link);
  const connectors = useLive((state) => state.connectors);
  const devices = useLive((state) => state.devices);
  const listings = useLive((state) => state.listings);
  const approvals = useLive((state) => state.approvals);
  const ignored = useIgnored();
  const [list, setList] = useState<HTMLElement | null>(null);
  const asked = query.toString();
  // The text of the query stands for all that is read from it.
  const filters = useMemo(() => filtersOf(new URLSearchParams(asked)), [asked]);
  const parts = useMemo(
    () => ({ connectors: [...connectors.values()], devices: [...devices.values()], listings, ignored }),
    [connectors, devices, listings, ignored],
  );
  const wanted = useMemo(() => groupsOf(parts, filters), [parts, filters]);
  // What a person puts aside goes at once, though they are in the list.
  const { groups, moved, sortNow } = useHeldOrder(wanted, list, `${asked}/${ignored.size}`);
  useNewDevices();

  const nothing = connectors.size === 0 && unusedDevices(parts).length === 0;
  const shown = visibleGroups(groups, filters);
  return (
    <Page title={t('frame.home')} aside={<HomeActions empty={nothing} />}>
      {link === 'connecting' || (filters.class !== null && listings.size === 0) ? (
        <p className="muted">{t('frame.connecting')}</p>
      ) : (
        <>
          <Asks />
          {nothing ? (
            <EmptyHome />
          ) : (
            <>
              <p className="visually-hidden">{verdict(words, connectors.values(), approvals.values())}</p>
              <FilterBar filters={filters} groups={wanted} classes={classesOf(parts)} />
              {moved > 0 && (
                <p className="held">
                  {t('home.held')}{' '}
                  <button type="button" onClick={sortNow}>
                    {t('home.sortNow', { count: moved })}
                  </button>
                </p>
              )}
              <div ref={setList} className={`groups as-${filters.view}`}>
                {shown.map((group) => (
                  <GroupView key={group.key} group={group} />
                ))}
              </div>
              {shown.length === 0 && <NothingMatches filters={filters} />}
            </>
          )}
        </>
      )}
      {query.has('add') && (
        <Suspense>
          <AddAddress />
        </Suspense>
      )}
    </Page>
  );
}

function HomeActions({ empty }: { readonly empty: boolean }) {
  const { t } = useWords();
  if (empty) return null;
  return (
    <div className="actions">
      <AddAddressLink />
      <Link to={{ at: 'catalogue', installing: null }} className="button">
        {t('home.installAhead')}
      </Link>
    </div>
  );
}

/** With a state chosen its group alone; without one all that have something in them, but for what was put aside. */
function visibleGroups(groups: readonly Group[], { state, sort }: Filters): readonly Group[] {
  const filled = groups.filter(({ rows }) => rows.length > 0);
  if (state !== null) return filled.filter(({ key }) => key === state);
  const all = filled.filter(({ key }) => key !== 'ignored');
  if (sort !== 'name') return all;
  const rows = all.flatMap((group) => group.rows);
  const name = (row: Row) =>
    row.kind === 'connector' ? row.connector.name : row.kind === 'device' ? deviceName(row.device) : '';
  const inOrder = rows.sort((left, right) => name(left).localeCompare(name(right), undefined, { numeric: true }));
  return inOrder.length === 0 ? [] : [{ key: 'working', rows: inOrder }];
}

function GroupView({ group: { key, rows } }: { readonly group: Group }) {
  const { t } = useWords();
  const titles: Readonly<Record<GroupKey, string>> = {
    needs: t('home.groupNeeds'),
    new: t('home.groupNew'),
    working: t('home.groupWorking'),
    listening: t('home.groupListening'),
    untried: t('home.groupUntried'),
    ignored: t('home.groupIgnored'),
  };
  return (
    <section aria-labelledby={`group-${key}`}>
      <h2 id={`group-${key}`}>
        {titles[key]} <span className="count-text">{rows.length}</span>
      </h2>
      <ul className="rows">
        {rows.map((row) => {
          if (row.kind === 'connector') return <ConnectorRow key={row.id} connector={row.connector} />;
          if (row.kind === 'cause') return <CauseRow key={row.id} connectors={row.connectors} />;
          return <DeviceRow key={row.id} device={row.device} ignored={key === 'ignored'} />;
        })}
      </ul>
    </section>
  );
}

function NothingMatches({ filters }: { readonly filters: Filters }) {
  const { t } = useWords();
  return (
    <div className="empty">
      <p>{filters.q === '' ? t('home.noneInFilter') : t('home.noneFound', { sought: filters.q })}</p>
      <p>
        <Link to={{ at: 'home' }} className="button">
          {t('home.clear')}
        </Link>
      </p>
    </div>
  );
}

/** Tells a screen reader of devices that are plugged in while the page is open. */
function useNewDevices(): void {
  const { t } = useWords();
  const devices = useLive((state) => state.devices);
  const connectors = useLive((state) => state.connectors);
  const live = useLive((state) => state.link === 'live');
  const known = useRef<ReadonlySet<string> | null>(null);
  useEffect(() => {
    if (!live) return;
    const unused = unusedDevices({ connectors: connectors.values(), devices: devices.values() });
    for (const device of unused) {
      if (known.current?.has(device.id) === false) announce(t('home.newDevice', { name: deviceName(device) }));
    }
    known.current = new Set([...devices.values()].filter(({ present }) => present).map(({ id }) => id));
  }, [devices, connectors, live, t]);
}
