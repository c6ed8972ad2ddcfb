import { type FormEvent, useEffect, useRef, useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { useNow } from '../../live/clock.ts';
import { request } from '../../live/request.ts';
import { Question } from '../../parts/question.tsx';
import { useWords } from '../../words/language.ts';
import { displayCountdown, secondsLeft } from '../../words/times.ts';
import { SaidProblem } from '../said-problem.tsx';
import { useAct } from '../use-act.ts';
import { grantNames, type Pairing, pairingSchema } from '../wire.ts';
import { KeyWords } from './key-words.tsx';
import { pairingWords } from './pairing-words.ts';

/**
 * Who stands behind a code, and the decision. One of the key words is left out: nobody can approve without having read
 * the machine's screen.
 */
export function Review({
  pairing,
  onApproved,
  onDenied,
  onOther,
}: {
  readonly pairing: Pairing;
  readonly onApproved: (name: string) => void;
  readonly onDenied: () => void;
  readonly onOther: () => void;
}) {
  const words = useWords();
  const { t } = words;
  const { user_code: code, grants: offered } = pairing;
  const shownWords = pairing.key_words.split(' ');
  const [gap] = useState(() => Math.floor(Math.random() * shownWords.length));
  const [missing, setMissing] = useState('');
  const [name, setName] = useState(pairing.name);
  const [grants, setGrants] = useState(offered);
  const [denying, setDenying] = useState(false);
  const { busy, problem, act, clear } = useAct();
  const left = secondsLeft(pairing.expires_at, useNow());
  const heading = useRef<HTMLHeadingElement>(null);
  useEffect(() => heading.current?.focus(), []);

  const approve = (event: FormEvent) => {
    event.preventDefault();
    const keyWords = shownWords.with(gap, missing.trim().toLowerCase()).join(' ');
    void act(async () => {
      await request('POST', `/v1/pairings/${code}/approve`, pairingSchema, {
        body: { key_words: keyWords, name: name.trim(), grants },
      });
      announce(t('hub.takenIn', { name: name.trim() }));
      onApproved(name.trim());
    });
  };
  const deny = async () => {
    await request('POST', `/v1/pairings/${code}/deny`, pairingSchema, { body: {} });
    onDenied();
  };
  return (
    <>
      <form className="card review" onSubmit={approve} data-pairing={code}>
        <h2 ref={heading} tabIndex={-1}>
          {t('hub.asks', { name: pairing.name })}
        </h2>
        <dl className="facts">
          <dt>{t('hub.from')}</dt>
          <dd>
            <code>{pairing.address}</code>
          </dd>
          <dt>{t('hub.version')}</dt>
          <dd>{pairing.version}</dd>
          <dt>{t('hub.goodFor')}</dt>
          <dd className="countdown">{displayCountdown(left)}</dd>
        </dl>
        <KeyWords
          words={shownWords}
          gap={gap}
          missing={missing}
          onMissing={(text) => {
            setMissing(text);
            clear();
          }}
        />
        <div className="field">
          <label htmlFor="machine-name">{t('hub.nameHere')}</label>
          <input
            id="machine-name"
            type="text"
            required
            maxLength={100}
            autoComplete="off"
            value={name}
            onChange={(event) => {
              setName(event.target.value);
              clear();
            }}
          />
        </div>
        <fieldset className="field">
          <legend>{t('hub.grants')}</legend>
          {grantNames.map((grant) => (
            <label key={grant} className="option">
              <input
                type="checkbox"
                name={`grant-${grant}`}
                disabled={!offered[grant]}
                checked={grants[grant]}
                onChange={(event) => setGrants({ ...grants, [grant]: event.target.checked })}
              />
              <span className={offered[grant] ? undefined : 'muted'}>
                {t(`hub.grant_${grant}`)}
                {!offered[grant] && ` (${t('hub.notOffered')})`}
              </span>
            </label>
          ))}
        </fieldset>
        {left === 0 && (
          <p className="problem" role="alert">
            {t('hub.codeExpired')}
          </p>
        )}
        {problem !== null && left > 0 && <SaidProblem error={problem} {...pairingWords(words, problem)} />}
        <div className="actions decide">
          <button type="button" onClick={onOther} disabled={busy} className="quiet">
            {t('hub.other')}
          </button>
          <button type="button" onClick={() => setDenying(true)} disabled={busy || left === 0}>
            {t('hub.deny')}
          </button>
          <button
            type="submit"
            className="primary"
            disabled={busy || left === 0 || missing.trim() === '' || name.trim() === ''}
          >
            {busy ? t('hub.approving') : t('hub.approveNow', { name: name.trim() || pairing.name })}
          </button>
        </div>
      </form>
      {denying && (
        <Question
          title={t('hub.denyTitle', { name: pairing.name })}
          safe={t('hub.goBack')}
          act={t('hub.denyNow', { name: pairing.name })}
          running={t('hub.denying')}
          onAct={deny}
          onClose={() => setDenying(false)}
          describe={(error) => <SaidProblem error={error} {...pairingWords(words, error)} />}
        >
          <p>{t('hub.denyBody')}</p>
        </Question>
      )}
    </>
  );
}
