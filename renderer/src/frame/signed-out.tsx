import { useEffect } from 'react';
import { forgetSession } from '../live/request.ts';
import { Command } from '../parts/command.tsx';
import { shell } from '../shell/shell.ts';
import { ShellButton } from '../shell/shell-button.tsx';
import { useWords } from '../words/language.ts';
import { keepWayBack } from './way-back.ts';

/** A tab without a session: how to come in, and that the way back is kept. */
export function SignedOut() {
  const { t } = useWords();
  useEffect(() => {
    forgetSession();
    keepWayBack();
  }, []);
  return (
    <main className="signed-out" id="content">
      <h1>{t('frame.signedOut')}</h1>
      <p>{t('frame.signedOutBody')}</p>
      {shell !== null && (
        <p>
          <ShellButton
            label={t('desktop.signIn')}
            act={() => shell?.signIn(`${window.location.pathname}${window.location.search}`) ?? Promise.resolve()}
          />
        </p>
      )}
      <p>{t('frame.signedOutTray')}</p>
      <p>{t('frame.signedOutTerminal')}</p>
      <p>
        <Command text="fibric-edge open" />
      </p>
      {window.location.pathname !== '/' && <p className="muted">{t('frame.wayBack')}</p>}
    </main>
  );
}
