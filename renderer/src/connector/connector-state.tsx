import type { Connector } from '../live/wire.ts';
import { Age } from '../parts/age.tsx';
import { AgentText } from '../parts/agent-text.tsx';
import { connectorWords } from '../parts/connector-words.ts';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';

/** How a connector is, for how long, and what to do about it; the same on each of its tabs. */
export function ConnectorState({ connector }: { readonly connector: Connector }) {
  const words = useWords();
  const { t, language } = words;
  const { id, health } = connector;
  const { look, word, next } = connectorWords(words, connector);
  // The catalogue's step is in the person's language; the agent's hint is about this very device.
  const step = language === 'en' ? (health.hint ?? next) : (next ?? health.hint);
  return (
    <div className="connector-state" data-connector={id} data-health={health.state}>
      <StateLine look={look} word={word}>
        {health.state === 'ok' && health.last_ok_at !== null && (
          <span className="muted">
            {' · '}
            {t('states.answered')} <Age at={health.last_ok_at} />
          </span>
        )}
        {health.state === 'listening' && (
          <span className="muted">
            {' · '}
            {t('states.nothingHeard')} <Age at={health.since} />
          </span>
        )}
        {health.state === 'error' && (
          <span className="muted">
            {' · '}
            <Age at={health.since} />
          </span>
        )}
      </StateLine>
      {health.message !== null && (
        <p>
          <AgentText>{health.message}</AgentText>
        </p>
      )}
      {step !== null && health.state !== 'ok' && <p>{step === next ? step : <AgentText>{step}</AgentText>}</p>}
    </div>
  );
}
