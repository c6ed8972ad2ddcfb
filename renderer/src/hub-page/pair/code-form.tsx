import { type FormEvent, useState } from 'react';
import { request } from '../../live/request.ts';
import { useWords } from '../../words/language.ts';
import { forgetCode, useLocation } from '../router.tsx';
import { SaidProblem } from '../said-problem.tsx';
import { useAct } from '../use-act.ts';
import { type Pairing, pairingSchema } from '../wire.ts';
import { pairingWords } from './pairing-words.ts';
import { readUserCode } from './user-code.ts';

/** Asks for the code on a machine's screen. An address may bring it along; it is looked up when a person says so. */
export function CodeForm({
  disabled,
  onFound,
}: {
  readonly disabled: boolean;
  readonly onFound: (pairing: Pairing) => void;
}) {
  const words = useWords();
  const { t } = words;
  const { code: brought } = useLocation();
  const filledIn = brought === null ? '' : (readUserCode(brought) ?? brought);
  const [typed, setTyped] = useState(filledIn);
  const [malformed, setMalformed] = useState(false);
  const { busy, problem, act, clear } = useAct();
  const lookUp = (event: FormEvent) => {
    event.preventDefault();
    const code = readUserCode(typed);
    setMalformed(code === null);
    if (code === null) return;
    void act(async () => {
      const found = await request('GET', `/v1/pairings/${code}`, pairingSchema);
      forgetCode();
      onFound(found);
    });
  };
  return (
    <form className="card code-form" onSubmit={lookUp} noValidate>
      <div className="field">
        <label htmlFor="user-code">{t('hub.code')}</label>
        <input
          id="user-code"
          className="code-input"
          type="text"
          placeholder="WDJB-MJHT"
          maxLength={40}
          autoComplete="off"
          autoCapitalize="characters"
          autoCorrect="off"
          spellCheck={false}
          disabled={disabled}
          aria-invalid={malformed}
          aria-describedby="user-code-help"
          value={typed}
          onChange={(event) => {
            setTyped(event.target.value);
            setMalformed(false);
            clear();
          }}
        />
        <p className="help" id="user-code-help">
          {t(filledIn !== '' && typed === filledIn ? 'hub.codeCame' : 'hub.codeHint')}
        </p>
      </div>
      {malformed && (
        <p className="problem" role="alert">
          {t('hub.codeWrong')}
        </p>
      )}
      {problem !== null && !malformed && <SaidProblem error={problem} {...pairingWords(words, problem)} />}
      <div className="actions">
        <button type="submit" className="primary" disabled={disabled || busy || typed.trim() === ''}>
          {t(busy ? 'hub.lookingUp' : 'hub.lookUp')}
        </button>
      </div>
    </form>
  );
}
