import { useEffect, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { go } from '../frame/router.tsx';
import { useRepeatedRead } from '../live/repeated-read.ts';
import { type RequestError, request } from '../live/request.ts';
import { noteEvent, useLive } from '../live/store.ts';
import { deletedConnectorSchema } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { connectorWords } from '../parts/connector-words.ts';
import { LiveFacts } from '../parts/live-facts.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { healthLooks, outcomeLooks } from '../words/states.table.ts';
import type { Made } from './install-form.tsx';

/** What has come of an installation so far, the first live value, and the way to take it back. */
export function InstallProgress({ made, onUndone }: { readonly made: Made; readonly onUndone: () => void }) {
  const words = useWords();
  const { t, language } = words;
  const connector = useLive((state) => state.connectors.get(made.id));
  const state = connector?.health.state ?? 'starting';
  const answers = state === 'ok' || state === 'listening';
  useRepeatedRead(answers ? made.id : null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const told = connector === undefined ? null : connectorWords(words, connector);
  const word = told?.word ?? '';
  useEffect(() => {
    if (state !== 'starting') announce(t('install.nowIs', { name: made.name, state: word }));
  }, [state, word, made.name, t]);

  const undo = async () => {
    setBusy(true);
    try {
      await request('DELETE', `/v1/connectors/${made.id}`, deletedConnectorSchema);
      noteEvent({ type: 'connector_removed', connector_id: made.id });
      announce(t('install.undone', { name: made.name }));
      onUndone();
    } catch (error) {
      setProblem(toRequestError(error));
      setBusy(false);
    }
  };
  const acts = connector?.tools.filter(({ side_effect: acting }) => acting).length ?? 0;
  const reads = (connector?.tools.length ?? 0) - acts;
  const step = connector?.health.hint ?? told?.next ?? null;
  return (
    <>
      <ol className="progress">
        <li>
          <StateLine look={healthLooks.ok} word={t('install.saved', { name: made.name })} />
        </li>
        <li data-progress={state}>
          {state === 'starting' || told === null ? (
            <StateLine look={outcomeLooks.sent} word={t('install.waitingForAnswer')} />
          ) : (
            <StateLine look={told.look} word={told.word}>
              {connector?.health.message != null && (
                <>
                  {': '}
                  <AgentText>{connector.health.message}</AgentText>
                </>
              )}
            </StateLine>
          )}
          {state === 'error' && step !== null && (
            <p>{step === told?.next || language === 'en' ? step : <AgentText>{step}</AgentText>}</p>
          )}
        </li>
        {connector !== undefined && (
          <li>
            <StateLine look={healthLooks.ok} word={t('install.reads', { count: reads })}>
              {acts > 0 && `, ${t('install.acts', { count: acts })}`}
            </StateLine>
          </li>
        )}
      </ol>
      <LiveFacts connectorId={made.id} size="big" inError={state === 'error'} />
      {problem !== null && <Problem error={problem} takesFocus />}
      <div className="sheet-foot">
        <button type="button" onClick={undo} disabled={busy}>
          {busy ? t('install.undoing') : t('install.undo')}
        </button>
        <button
          type="button"
          className="primary"
          onClick={() => go({ at: 'connector', connectorId: made.id, tab: 'live' }, { replace: true })}
        >
          {t('install.toConnector')}
        </button>
      </div>
    </>
  );
}
