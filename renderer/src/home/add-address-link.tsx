import { Link, useLocation } from '../frame/router.tsx';
import { useWords } from '../words/language.ts';

/** Opens the sheet that adds a device on the network, over Home as it is. */
export function AddAddressLink() {
  const { t } = useWords();
  const { query } = useLocation();
  return (
    <Link to={{ at: 'home' }} query={{ ...Object.fromEntries(query), add: '1' }} sheet className="button">
      {t('home.addAddress')}
    </Link>
  );
}
