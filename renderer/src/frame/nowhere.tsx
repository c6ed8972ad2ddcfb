import { useWords } from '../words/language.ts';
import { Page } from './page.tsx';
import { Link } from './router.tsx';

/** An address, or an id in one, that leads to nothing on this machine. */
export function Nowhere() {
  const { t } = useWords();
  return (
    <Page title={t('frame.nowhere')}>
      <p>{t('frame.nowhereBody')}</p>
      <p>
        <Link to={{ at: 'home' }}>{t('frame.toHome')}</Link>
      </p>
    </Page>
  );
}
