import { Page } from '../frame/page.tsx';
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
    </Page>
  );
}
