import { Link } from '../frame/router.tsx';
import { Empty } from '../parts/empty.tsx';
import { useWords } from '../words/language.ts';
import { AddAddressLink } from './add-address-link.tsx';

/** Home with nothing in it: how something comes, and what to try when it does not. */
export function EmptyHome() {
  const { t } = useWords();
  return (
    <Empty title={t('home.emptyTitle')}>
      <p>{t('home.emptyBody')}</p>
      <p className="actions">
        <AddAddressLink />
        <Link to={{ at: 'catalogue', installing: null }} className="button">
          {t('home.installAhead')}
        </Link>
      </p>
      <p>{t('home.emptyNothing')}</p>
      <ol>
        <li>{t('home.emptyOn')}</li>
        <li>{t('home.emptyCable')}</li>
        <li>{t('home.emptySocket')}</li>
        <li>
          <Link to={{ at: 'support' }}>{t('home.emptyDoctor')}</Link>
        </li>
      </ol>
    </Empty>
  );
}
