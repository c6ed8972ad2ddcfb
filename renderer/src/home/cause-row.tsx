import { useState } from 'react';
import type { Connector } from '../live/wire.ts';
import { reasonWords } from '../parts/connector-words.ts';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { ConnectorRow } from './connector-row.tsx';

/** Several connectors that stopped for one reason: one problem, with the names in it. */
export function CauseRow({ connectors }: { readonly connectors: readonly Connector[] }) {
  const words = useWords();
  const { t } = words;
  const [open, setOpen] = useState(false);
  const { look, word, next } = reasonWords(words, connectors[0]?.health.reason ?? 'no_reply');
  return (
    <li className="row cause-row needs">
      <div className="row-main">
        <StateLine look={look} word={word}>
          {` · ${t('home.oneCause', { count: connectors.length })}`}
        </StateLine>
        <button type="button" aria-expanded={open} onClick={() => setOpen(!open)}>
          {open ? t('home.hide') : t('home.show')}
        </button>
      </div>
      <div className="row-step">
        <div>
          <p className="muted">{connectors.map(({ name }) => name).join(', ')}</p>
          {next !== null && <p>{next}</p>}
        </div>
      </div>
      {open && (
        <ul className="rows">
          {connectors.map((connector) => (
            <ConnectorRow key={connector.id} connector={connector} />
          ))}
        </ul>
      )}
    </li>
  );
}
