import { useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { Page } from '../../frame/page.tsx';
import { request } from '../../live/request.ts';
import { Command } from '../../parts/command.tsx';
import { Problem } from '../../parts/problem.tsx';
import { Question } from '../../parts/question.tsx';
import { StateLine } from '../../parts/state-line.tsx';
import { useWords } from '../../words/language.ts';
import { healthLooks, type Look } from '../../words/states.table.ts';
import { displayClock } from '../../words/times.ts';
import { useHub, useMay } from '../live.ts';
import { MayNot } from '../may-not.tsx';
import { useAnswer } from '../use-answer.ts';
import { type CreatedEnrolment, type Enrolment, enrolmentListSchema, enrolmentSchema } from '../wire.ts';
import { EnrolmentSheet } from './enrolment-sheet.tsx';
import { ShownOnce } from './shown-once.tsx';

const over: Look = { shape: 'ring-bar', tone: 'off' };

/** Tokens with which machines come by themselves. */
export function Enrolments() {
  const { t } = useWords();
  const mayLook = useMay('agents:read');
  const may = useMay('agents:write');
  const origin = useHub((state) => state.session?.hub.origin ?? '');
  const { fetched, again } = useAnswer(mayLook ? '/v1/enrolments' : null, enrolmentListSchema);
  const [making, setMaking] = useState(false);
  const [made, setMade] = useState<CreatedEnrolment | null>(null);
  const [ending, setEnding] = useState<Enrolment | null>(null);
  return (
    <Page
      title={t('hub.tokensTitle')}
      aside={
        may ? (
          <button type="button" className="primary" onClick={() => setMaking(true)}>
            {t('hub.newToken')}
          </button>
        ) : null
      }
    >
      <p>{t('hub.tokensBody')}</p>
      <MayNot scope="agents:read" look />
      {mayLook && <MayNot scope="agents:write" />}
      {made?.token !== undefined && (
        <ShownOnce text={t('hub.tokenOnce')} secret={made.token} onDone={() => setMade(null)}>
          <p>{t('hub.tokenUse')}</p>
          <Command text={`fibric-edge pair ${origin} --enrolment-token ${made.token}`} />
        </ShownOnce>
      )}
      {mayLook && fetched.state === 'loading' && <p className="muted">{t('hub.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' &&
        (fetched.value.data.length === 0 ? (
          <p className="muted">{t('hub.noTokens')}</p>
        ) : (
          <ul className="rows" aria-label={t('hub.tokensTitle')}>
            {fetched.value.data.map((enrolment) => (
              <EnrolmentRow
                key={enrolment.id}
                enrolment={enrolment}
                onRevoke={may ? () => setEnding(enrolment) : null}
              />
            ))}
          </ul>
        ))}
      {making && (
        <EnrolmentSheet
          onMade={(created) => {
            setMade(created);
            setMaking(false);
            again();
          }}
          onClose={() => setMaking(false)}
        />
      )}
      {ending !== null && (
        <Question
          title={t('hub.revokeTokenTitle', { name: ending.hint })}
          safe={t('hub.keep')}
          act={t('hub.revokeNow', { name: ending.hint })}
          running={t('hub.revoking')}
          onAct={async () => {
            await request('DELETE', `/v1/enrolments/${encodeURIComponent(ending.id)}`, enrolmentSchema);
            announce(t('hub.revokedNow', { name: ending.hint }));
            again();
          }}
          onClose={() => setEnding(null)}
        >
          <p>{t('hub.revokeTokenBody')}</p>
        </Question>
      )}
    </Page>
  );
}

function EnrolmentRow({
  enrolment,
  onRevoke,
}: {
  readonly enrolment: Enrolment;
  readonly onRevoke: (() => void) | null;
}) {
  const { t, locale } = useWords();
  const { hint, name_pattern: names, uses_left: left, expires_at: until, revoked_at: revoked } = enrolment;
  const expired = Date.parse(until) <= Date.now();
  const state = revoked !== null ? 'revoked' : expired ? 'expired' : left === 0 ? 'spent' : 'active';
  return (
    <li className="row" data-enrolment={state}>
      <div className="row-main">
        <div className="row-name">
          <strong>{names}</strong>
          <code className="muted">{hint}</code>
        </div>
        <StateLine look={state === 'active' ? healthLooks.ok : over} word={t(`hub.${state}`)}>
          {state === 'active' && (
            <span className="muted">
              {` · ${t('hub.usesLeft', { count: left })} · ${t('hub.goodUntil')} ${displayClock(until, locale, Date.now())}`}
            </span>
          )}
        </StateLine>
        {onRevoke !== null && state === 'active' && (
          <button type="button" onClick={onRevoke} aria-label={t('hub.revokeNamed', { name: hint })}>
            {t('hub.revoke')}
          </button>
        )}
      </div>
    </li>
  );
}
