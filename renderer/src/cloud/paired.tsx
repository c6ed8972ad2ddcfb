import { useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { agentNow } from '../live/clock.ts';
import { type RequestError, request } from '../live/request.ts';
import { type CloudStanding, cloudSchema, type Grants } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { Question } from '../parts/question.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { type Look, machineLooks } from '../words/states.table.ts';
import { displayClock, displayDay } from '../words/times.ts';
import { GrantFields } from './grant-fields.tsx';

const linkLooks: Readonly<Record<CloudStanding['link']['state'], Look>> = {
  off: machineLooks.offline,
  connecting: machineLooks.attention,
  waiting: machineLooks.attention,
  up: machineLooks.ok,
  refused: machineLooks.error,
};

/** The hub of this machine, the link to it, and what it may do here. */
export function Paired({
  cloud,
  onChanged,
}: {
  readonly cloud: CloudStanding;
  readonly onChanged: (cloud: CloudStanding) => void;
}) {
  const { t, locale } = useWords();
  const { hub, tenant, agent, grants, key_words: keyWords, paired_at: pairedAt, link } = cloud;
  const [asking, setAsking] = useState(false);
  const hubName = hub?.name ?? '';
  const unpair = async () => {
    onChanged(await request('DELETE', '/v1/cloud/pairing', cloudSchema));
    announce(t('cloud.unpaired'));
  };
  return (
    <>
      <section className="card" aria-labelledby="hub-title" data-link={link.state}>
        <h2 id="hub-title">{hubName}</h2>
        <StateLine look={linkLooks[link.state]} word={t(`cloud.link_${link.state}`)}>
          <span className="muted">{` · ${displayClock(link.since, locale, agentNow())}`}</span>
        </StateLine>
        {link.error !== null && (
          <p>
            <AgentText>{[link.error.message, link.error.hint].filter(Boolean).join(' ')}</AgentText>
          </p>
        )}
        {link.next_attempt_at !== null && (
          <p className="muted">{t('cloud.nextTry', { at: displayClock(link.next_attempt_at, locale, agentNow()) })}</p>
        )}
        <dl className="facts">
          <dt>{t('cloud.address')}</dt>
          <dd>
            <code>{hub?.origin}</code>
          </dd>
          <dt>{t('cloud.tenant')}</dt>
          <dd>
            {tenant?.name} ({t(tenant?.mode === 'test' ? 'cloud.modeTest' : 'cloud.modeLive')})
          </dd>
          <dt>{t('cloud.calledThere')}</dt>
          <dd>{agent?.name}</dd>
          <dt>{t('cloud.keyWords')}</dt>
          <dd>{keyWords}</dd>
          {pairedAt !== null && (
            <>
              <dt>{t('cloud.since')}</dt>
              <dd>{displayDay(pairedAt, locale)}</dd>
            </>
          )}
        </dl>
        <div className="actions">
          <button type="button" onClick={() => setAsking(true)}>
            {t('cloud.unpair')}
          </button>
        </div>
      </section>
      {grants !== null && <GrantsCard key={JSON.stringify(grants)} grants={grants} onChanged={onChanged} />}
      {asking && (
        <Question
          title={t('cloud.unpairTitle', { hub: hubName })}
          safe={t('cloud.keep')}
          act={t('cloud.unpairNow')}
          running={t('cloud.unpairing')}
          onAct={unpair}
          onClose={() => setAsking(false)}
        >
          <p>{t('cloud.unpairBody')}</p>
        </Question>
      )}
    </>
  );
}

function GrantsCard({
  grants,
  onChanged,
}: {
  readonly grants: Grants;
  readonly onChanged: (cloud: CloudStanding) => void;
}) {
  const { t } = useWords();
  const [draft, setDraft] = useState(grants);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      onChanged(await request('PUT', '/v1/cloud/grants', cloudSchema, { body: { grants: draft } }));
      announce(t('cloud.grantsSaved'));
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="card cloud-form"
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <GrantFields grants={draft} onChange={setDraft} disabled={busy} />
      <p className="muted">{t('cloud.grantsBody')}</p>
      {problem !== null && <Problem error={problem} takesFocus />}
      <button type="submit" className="primary" disabled={busy || JSON.stringify(draft) === JSON.stringify(grants)}>
        {t(busy ? 'connectorSettings.saving' : 'connectorSettings.save')}
      </button>
    </form>
  );
}
