import { type FormEvent, type RefObject, useEffect, useState } from 'react';
import { useLive } from '../live/store.ts';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';
import { PauseButton } from './pause-button.tsx';
import { go, look, useLocation } from './router.tsx';
import { countStandings, verdict } from './verdict.ts';

/** On every screen: whose machine it is, how things stand, the stop for all actions, the search. */
export function TopBar({ search }: { readonly search: RefObject<HTMLInputElement | null> }) {
  const words = useWords();
  const { t } = words;
  const link = useLive((state) => state.link);
  const connectors = useLive((state) => state.connectors);
  const approvals = useLive((state) => state.approvals);
  const paused = useLive((state) => state.paused);
  const needs =
    countStandings(connectors.values()).needs > 0 || [...approvals.values()].some(({ state }) => state === 'waiting');
  const verdictLook = paused ? machineLooks.paused : needs ? machineLooks.attention : machineLooks.ok;
  return (
    <header className="top-bar">
      <p className="machine">Fibric Edge</p>
      <p className="verdict" data-verdict>
        {link === 'connecting' ? (
          t('frame.connecting')
        ) : (
          <>
            <Mark look={verdictLook} />
            <span>
              {paused && `${t('frame.paused')} · `}
              {verdict(words, connectors.values(), approvals.values())}
            </span>
          </>
        )}
      </p>
      <SearchField search={search} />
      <PauseButton />
    </header>
  );
}

/** Looks for devices and connectors by name, kind and path; what is typed stands in the address of Home. */
function SearchField({ search }: { readonly search: RefObject<HTMLInputElement | null> }) {
  const { t } = useWords();
  const { place, query } = useLocation();
  const sought = place.at === 'home' ? (query.get('q') ?? '') : '';
  const [text, setText] = useState(sought);
  useEffect(() => setText(sought), [sought]);
  const type = (value: string) => {
    setText(value);
    if (place.at === 'home') look({ q: value }, { replace: true });
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (place.at !== 'home') go({ at: 'home' }, { query: { q: text } });
  };
  return (
    <search>
      <form onSubmit={submit}>
        <input
          ref={search}
          type="search"
          value={text}
          aria-label={t('frame.searchLabel')}
          placeholder={t('frame.searchHint')}
          onChange={(event) => type(event.target.value)}
        />
      </form>
    </search>
  );
}
