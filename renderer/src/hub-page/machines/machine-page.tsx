import { useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { Page } from '../../frame/page.tsx';
import { request } from '../../live/request.ts';
import { Question } from '../../parts/question.tsx';
import { SimulatedTag } from '../../parts/tags.tsx';
import { useWords } from '../../words/language.ts';
import { displayClock, displayDay } from '../../words/times.ts';
import { noteMachine, useHub, useMay } from '../live.ts';
import { MachineState } from '../machine-state.tsx';
import { MayNot } from '../may-not.tsx';
import { Link } from '../router.tsx';
import { agentSchema, grantNames, type Machine } from '../wire.ts';
import { MachineItems } from './machine-items.tsx';

/** One machine: how it stands, what it has, what this hub may do there, and its end. */
export function MachinePage({ id }: { readonly id: string }) {
  const { t } = useWords();
  const machine = useHub((state) => state.machines?.get(id) ?? null);
  const may = useMay('agents:write');
  const [asking, setAsking] = useState(false);
  if (machine === null) {
    return (
      <Page title={t('hub.gone')}>
        <MayNot scope="agents:read" look />
        <p>{t('hub.goneBody')}</p>
        <p>
          <Link to={{ at: 'machines' }}>{t('hub.toMachines')}</Link>
        </p>
      </Page>
    );
  }
  const { name, state } = machine;
  const revoke = async () => {
    noteMachine(await request('DELETE', `/v1/agents/${encodeURIComponent(id)}`, agentSchema));
    announce(t('hub.revokedNow', { name }));
  };
  return (
    <Page
      title={name}
      aside={
        state !== 'revoked' && may ? (
          <button type="button" onClick={() => setAsking(true)} aria-label={t('hub.revokeNamed', { name })}>
            {t('hub.revoke')}
          </button>
        ) : null
      }
    >
      <p>
        <Link to={{ at: 'machines' }}>{t('hub.toMachines')}</Link>
      </p>
      <MayNot scope="agents:write" />
      <section className="card" aria-label={t('hub.machine')} data-machine={name} data-state={state}>
        <div className="row-name">
          <MachineState machine={machine} />
          {machine.simulated && <SimulatedTag />}
        </div>
        {state === 'revoked' && <p>{t('hub.revokedBody')}</p>}
        <MachineFacts machine={machine} />
      </section>
      {state !== 'revoked' && (machine.grants.read ? <MachineItems machine={machine} /> : <p>{t('hub.unseen')}</p>)}
      {asking && (
        <Question
          title={t('hub.revokeTitle', { name })}
          safe={t('hub.keep')}
          act={t('hub.revokeNow', { name })}
          running={t('hub.revoking')}
          onAct={revoke}
          onClose={() => setAsking(false)}
        >
          <p>{t('hub.revokeBody')}</p>
        </Question>
      )}
    </Page>
  );
}

function MachineFacts({ machine }: { readonly machine: Machine }) {
  const { t, locale } = useWords();
  const { linked_since: since, last_seen_at: seen, paired_at: pairedAt, paired_by: who, grants } = machine;
  const clock = (at: string) => displayClock(at, locale, Date.now());
  const granted = grantNames.filter((grant) => grants[grant]);
  return (
    <dl className="facts">
      {since !== null && (
        <>
          <dt>{t('hub.linkedSince')}</dt>
          <dd>{clock(since)}</dd>
        </>
      )}
      {since === null && (
        <>
          <dt>{t('hub.lastSeen')}</dt>
          <dd>{seen === null ? t('hub.neverSeen') : clock(seen)}</dd>
        </>
      )}
      <dt>{t('hub.version')}</dt>
      <dd>{machine.version}</dd>
      <dt>{t('hub.keyWords')}</dt>
      <dd>{machine.key_words}</dd>
      <dt>{t('hub.may')}</dt>
      <dd>
        {granted.length === 0 ? (
          t('hub.mayNothing')
        ) : (
          <ul className="plain">
            {granted.map((grant) => (
              <li key={grant}>{t(`hub.grant_${grant}`)}</li>
            ))}
          </ul>
        )}
        <p className="muted">{t('hub.grantsAtMachine')}</p>
      </dd>
      <dt>{t('hub.pairedOn')}</dt>
      <dd>{t('hub.pairedBy', { day: displayDay(pairedAt, locale), who })}</dd>
      <dt>{t('hub.id')}</dt>
      <dd>
        <code>{machine.id}</code>
      </dd>
    </dl>
  );
}
