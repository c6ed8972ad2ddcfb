import { Page } from '../../frame/page.tsx';
import { SimulatedTag } from '../../parts/tags.tsx';
import { useWords } from '../../words/language.ts';
import { useHub } from '../live.ts';
import { MachineState } from '../machine-state.tsx';
import { MayNot } from '../may-not.tsx';
import { Link, look, useLocation } from '../router.tsx';
import type { Machine } from '../wire.ts';
import { EmptyMachines } from './empty-machines.tsx';
import { type Shown, shownStates, soughtMachines } from './sought-machines.ts';

/** The machines of this tenant, live. */
export function Machines() {
  const { t } = useWords();
  const machines = useHub((state) => state.machines);
  const lost = useHub((state) => state.link === 'lost');
  const { query } = useLocation();
  const text = query.get('q') ?? '';
  const state = shownStates.find((each) => each === query.get('state')) ?? 'active';
  const all = machines === null ? [] : [...machines.values()];
  const active = all.filter((machine) => machine.state !== 'revoked');
  const count = (wanted: Machine['state']) => active.filter((machine) => machine.state === wanted).length;
  const found = soughtMachines(all, { text, state });
  return (
    <Page
      title={t('hub.machines')}
      aside={
        <Link to={{ at: 'pair' }} className="button primary">
          {t('hub.takeIn')}
        </Link>
      }
    >
      <MayNot scope="agents:read" look />
      {machines !== null && all.length === 0 && <EmptyMachines />}
      {all.length > 0 && (
        <>
          {!lost && (
            <p className="counts" role="status">
              {t('hub.countLinked', { count: count('linked') })} · {t('hub.countOffline', { count: count('offline') })}
            </p>
          )}
          <MachineFilter text={text} state={state} />
          {active.length === 0 && state === 'active' && text === '' ? (
            <EmptyMachines />
          ) : found.length === 0 ? (
            <p>
              {t('hub.nothingMatches')}{' '}
              <button type="button" className="link" onClick={() => look({ q: null, state: null })}>
                {t('hub.clear')}
              </button>
            </p>
          ) : (
            <ul className="rows" aria-label={t('hub.machines')}>
              {found.map((machine) => (
                <MachineRow key={machine.id} machine={machine} />
              ))}
            </ul>
          )}
        </>
      )}
    </Page>
  );
}

function MachineFilter({ text, state }: { readonly text: string; readonly state: Shown }) {
  const { t } = useWords();
  return (
    <search className="filters">
      <input
        type="search"
        value={text}
        aria-label={t('hub.search')}
        placeholder={t('hub.search')}
        onChange={(event) => look({ q: event.target.value })}
      />
      <select
        aria-label={t('hub.show')}
        value={state}
        onChange={(event) => look({ state: event.target.value === 'active' ? null : event.target.value })}
      >
        {shownStates.map((each) => (
          <option key={each} value={each}>
            {t(each === 'active' ? 'hub.showActive' : `hub.${each}`)}
          </option>
        ))}
      </select>
    </search>
  );
}

function MachineRow({ machine }: { readonly machine: Machine }) {
  const { t } = useWords();
  const { id, name, state, version, connectors, devices, simulated } = machine;
  return (
    <li className="row machine-row" data-machine={name} data-state={state}>
      <div className="row-main">
        <div className="row-name">
          <Link to={{ at: 'machine', id }} className="row-link">
            {name}
          </Link>
          {simulated && <SimulatedTag />}
        </div>
        <MachineState machine={machine} />
        {state !== 'revoked' && (
          <p className="muted machine-facts">
            {t('hub.connectors', { count: connectors })} · {t('hub.devices', { count: devices })} · {version}
          </p>
        )}
      </div>
    </li>
  );
}
