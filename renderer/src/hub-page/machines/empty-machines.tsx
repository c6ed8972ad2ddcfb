import { Command } from '../../parts/command.tsx';
import { Empty } from '../../parts/empty.tsx';
import { useWords } from '../../words/language.ts';
import { useHub } from '../live.ts';
import { Link } from '../router.tsx';

/** What to do where there is no machine yet. */
export function EmptyMachines() {
  const { t } = useWords();
  const origin = useHub((state) => state.session?.hub.origin ?? '');
  return (
    <Empty title={t('hub.none')}>
      <p>{t('hub.noneBody')}</p>
      <ol>
        <li>
          <p>{t('hub.noneStep1')}</p>
          <Command text={`fibric-edge pair ${origin}`} />
        </li>
        <li>
          <p>{t('hub.noneStep2')}</p>
          <Link to={{ at: 'pair' }} className="button primary">
            {t('hub.takeIn')}
          </Link>
        </li>
      </ol>
      <p className="muted">
        {t('hub.noneMany')} <Link to={{ at: 'enrolments' }}>{t('hub.tokensTitle')}</Link>
      </p>
    </Empty>
  );
}
