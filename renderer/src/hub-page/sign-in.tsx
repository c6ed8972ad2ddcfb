import { type FormEvent, useEffect, useRef, useState } from 'react';
import { LiveRegions } from '../frame/live-regions.tsx';
import type { RequestError } from '../live/request.ts';
import { Command } from '../parts/command.tsx';
import { toRequestError } from '../parts/problem.tsx';
import { useWords } from '../words/language.ts';
import { Preferences } from './preferences.tsx';
import { SaidProblem } from './said-problem.tsx';
import { openSession } from './session.ts';
import { useAct } from './use-act.ts';

/** A tab without a session: a key is exchanged for one. Where the page was wanted stays its address. */
export function SignIn({
  ended,
  ticket,
  onSignedIn,
}: {
  /** Whether a session has just ended. */
  readonly ended: boolean;
  /** Out of the address; good once. */
  readonly ticket: string | null;
  readonly onSignedIn: () => void;
}) {
  const { t } = useWords();
  const [key, setKey] = useState('');
  const [shown, setShown] = useState(false);
  const { busy, problem, act, clear } = useAct();
  const [ticketProblem, setTicketProblem] = useState<RequestError | null>(null);
  const used = useRef(false);
  useEffect(() => {
    document.title = `${t('hub.signIn')} – Fibric Edge`;
  }, [t]);
  useEffect(() => {
    if (ticket === null || used.current) return;
    used.current = true;
    openSession({ ticket }).then(onSignedIn, (error: unknown) => setTicketProblem(toRequestError(error)));
  }, [ticket, onSignedIn]);
  const signIn = (event: FormEvent) => {
    event.preventDefault();
    void act(async () => {
      await openSession({ key: key.trim() });
      setKey('');
      onSignedIn();
    });
  };
  const said = ({ code }: RequestError) =>
    code === 'key_invalid' ? t('hub.wrongKey') : code === 'key_revoked' ? t('hub.revokedKey') : null;
  if (ticket !== null && ticketProblem === null) return <p className="hub-alone muted">{t('hub.signingIn')}</p>;
  return (
    <>
      <main className="hub-alone" id="content">
        <h1>{t('hub.signInTitle')}</h1>
        {ended && ticketProblem === null && problem === null && (
          <p className="note attention" role="status">
            {t('hub.ended')}
          </p>
        )}
        {ticketProblem !== null && problem === null && (
          <SaidProblem error={ticketProblem} said={ticketProblem.code === 'key_invalid' ? t('hub.ticketUsed') : null} />
        )}
        <form className="card" onSubmit={signIn}>
          <div className="field">
            <label htmlFor="hub-key">{t('hub.key')}</label>
            <input
              id="hub-key"
              type={shown ? 'text' : 'password'}
              className="secret"
              required
              maxLength={200}
              autoComplete="off"
              autoCapitalize="none"
              autoCorrect="off"
              spellCheck={false}
              aria-describedby="hub-key-help"
              value={key}
              onChange={(event) => {
                setKey(event.target.value);
                clear();
              }}
            />
            <p className="help" id="hub-key-help">
              {t('hub.keyHint')}
            </p>
          </div>
          <label className="option">
            <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />
            <span>{t('hub.showKey')}</span>
          </label>
          {problem !== null && <SaidProblem error={problem} said={said(problem)} />}
          <div className="actions">
            <button type="submit" className="primary" disabled={busy || key.trim() === ''}>
              {t(busy ? 'hub.signingIn' : 'hub.signIn')}
            </button>
          </div>
          <p className="muted">{t('hub.signInBody')}</p>
        </form>
        <p>{t('hub.noKey')}</p>
        <p>
          <Command text="fibric-edge hub page --tenant NAME" />
        </p>
        <Preferences />
      </main>
      <LiveRegions />
    </>
  );
}
