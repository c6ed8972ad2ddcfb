import type { Place } from '../frame/places.ts';
import { Link } from '../frame/router.tsx';
import { standingOf } from '../frame/verdict.ts';
import type { Connector } from '../live/wire.ts';
import { Age } from '../parts/age.tsx';
import { AgentText } from '../parts/agent-text.tsx';
import { connectorWords } from '../parts/connector-words.ts';
import { LiveFacts } from '../parts/live-facts.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { SimulatedTag } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';

/** One connector in the list: how it is, what it last said, and, when it needs a person, what to do. */
export function ConnectorRow({ connector }: { readonly connector: Connector }) {
  const words = useWords();
  const { t, language } = words;
  const { health, id, name } = connector;
  const { look, word, next } = connectorWords(words, connector);
  const needs = standingOf(connector) === 'needs';
  const { device } = connector;
  const isDoubtful = device !== null && (device.identity.needs_confirmation || health.reason === 'ambiguous_device');
  const way: Place = isDoubtful
    ? { at: 'device', deviceId: device.id, installing: false }
    : // Several could be meant: its settings have them to choose from.
      { at: 'connector', connectorId: id, tab: health.reason === 'ambiguous_device' ? 'settings' : 'live' };
  // The catalogue's step is in the person's language; the agent's hint is about this very device.
  const step = language === 'en' ? (health.hint ?? next) : (next ?? health.hint);
  return (
    <li className={`row connector-row${needs ? ' needs' : ''}`} data-connector={id} data-health={health.state}>
      <div className="row-main">
        <div className="row-name">
          <Link to={{ at: 'connector', connectorId: id, tab: 'live' }} className="row-link">
            {name}
          </Link>
          {connector.simulated && <SimulatedTag />}
        </div>
        <StateLine look={look} word={word}>
          {health.state === 'error' && (
            <span className="muted">
              {' · '}
              <Age at={health.since} />
            </span>
          )}
          {health.state === 'listening' && (
            <span className="muted">
              {' · '}
              {t('states.nothingHeard')} <Age at={health.since} />
            </span>
          )}
        </StateLine>
        <LiveFacts connectorId={id} size="row" inError={health.state === 'error'} />
      </div>
      {needs && (
        <div className="row-step">
          <div>
            {health.message !== null && (
              <p className="muted">
                <AgentText>{health.message}</AgentText>
              </p>
            )}
            {step !== null && <p>{step === next ? step : <AgentText>{step}</AgentText>}</p>}
          </div>
          <Link to={way} className="button">
            {t('home.whatToDo')}
          </Link>
        </div>
      )}
    </li>
  );
}
