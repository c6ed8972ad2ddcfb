import { Page } from '../frame/page.tsx';
import { Empty } from '../parts/empty.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

/** Whether this machine is connected to a hub: it is not, and what that means. */
export function Cloud() {
  const { t } = useWords();
  return (
    <Page title={t('frame.cloud')}>
      <Empty title={t('cloud.none')}>
        <StateLine look={machineLooks.offline} word={t('cloud.notConnected')} />
        <p>{t('cloud.noneBody')}</p>
        <p className="muted">{t('cloud.local')}</p>
      </Empty>
    </Page>
  );
}
