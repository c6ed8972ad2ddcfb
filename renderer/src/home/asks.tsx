import { Link } from '../frame/router.tsx';
import { useLive } from '../live/store.ts';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/language.ts';
import { outcomeLooks } from '../words/states.table.ts';

/** What people are asked: approvals that wait, and actions that nobody knows the outcome of. Nothing when there is neither. */
export function Asks() {
  const { t } = useWords();
  const approvals = useLive((state) => state.approvals);
  const unresolved = useLive((state) => state.agent?.journal.unresolved ?? 0);
  const waiting = [...approvals.values()]
    .filter(({ state }) => state === 'waiting')
    .sort((left, right) => left.expires_at.localeCompare(right.expires_at));
  if (waiting.length === 0 && unresolved === 0) return null;
  return (
    <ul className="rows asks" aria-label={t('home.asks')}>
      {waiting.map(({ id, summary, connector_name: name }) => (
        <li key={id} className="row needs">
          <div className="row-main">
            <span className="state">
              <Mark look={outcomeLooks.awaiting_approval} />
              <span>
                {t('home.approvalWaits')} {summary} · {name}
              </span>
            </span>
            <Link to={{ at: 'approvals', approvalId: id }} className="button">
              {t('home.openApproval')}
            </Link>
          </div>
        </li>
      ))}
      {unresolved > 0 && (
        <li className="row needs">
          <div className="row-main">
            <span className="state">
              <Mark look={outcomeLooks.unknown} />
              <span>{t('home.unresolved', { count: unresolved })}</span>
            </span>
            <Link to={{ at: 'activity', rowId: null }} query={{ outcome: 'unknown' }} className="button">
              {t('home.answer')}
            </Link>
          </div>
        </li>
      )}
    </ul>
  );
}
