import { Page } from '../frame/page.tsx';
import { shell } from '../shell/shell.ts';
import { ShellButton } from '../shell/shell-button.tsx';
import { useWords } from '../words/language.ts';
import { Bundle } from './bundle.tsx';
import { Doctor } from './doctor.tsx';
import { Logs } from './logs.tsx';
import './support.css';

/** What stands in the way on this machine, what was written down about it, and how to send both to somebody. */
export function Support() {
  const { t } = useWords();
  return (
    <Page title={t('frame.support')}>
      <Doctor />
      <Bundle />
      <Logs />
      {shell !== null && (
        <section className="support-part" aria-labelledby="desktop-logs">
          <h2 id="desktop-logs">{t('desktop.logs')}</h2>
          <p>{t('desktop.logsBody')}</p>
          <div className="actions">
            <ShellButton label={t('desktop.showLogs')} act={shell.showLogs} />
          </div>
        </section>
      )}
    </Page>
  );
}
