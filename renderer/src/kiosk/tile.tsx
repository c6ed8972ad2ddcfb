import { standingOf } from '../frame/verdict.ts';
import { useLive } from '../live/store.ts';
import type { Connector } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { connectorWords } from '../parts/connector-words.ts';
import { LiveFacts } from '../parts/live-facts.tsx';
import { Mark } from '../parts/mark.tsx';
import { SimulatedTag } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

/** One connector, readable from two steps away: what it says, or what is wrong and what to do. Pressing it tells more. */
export function Tile({ connector, onOpen }: { readonly connector: Connector; readonly onOpen: () => void }) {
  const words = useWords();
  const { t, language } = words;
  const { id, name, health, simulated } = connector;
  const lost = useLive((state) => state.link === 'lost');
  const known = connectorWords(words, connector);
  // Nothing looks well that nobody has heard of since.
  const { look, word, next } = lost ? { ...known, look: machineLooks.offline, word: t('kiosk.notKnown') } : known;
  const needs = standingOf(connector) === 'needs';
  // The catalogue's step is in the person's language; the agent's hint is about this very device.
  const step = language === 'en' ? (health.hint ?? next) : (next ?? health.hint);
  return (
    <li
      className={`tile tone-edge-${look.tone}${needs ? ' needs' : ''}`}
      data-connector={id}
      data-health={health.state}
    >
      <button type="button" className="tile-name" onClick={onOpen}>
        <span>{name}</span>
        {simulated && <SimulatedTag />}
      </button>
      <p className="tile-state">
        <Mark look={look} />
        <span className={`state-word tone-${look.tone}`}>{word}</span>
      </p>
      {needs ? (
        step !== null && <p className="tile-step">{step === next ? step : <AgentText>{step}</AgentText>}</p>
      ) : (
        <LiveFacts connectorId={id} size="row" inError={health.state === 'error'} />
      )}
    </li>
  );
}
