import { useLive } from '../live/store.ts';
import { useWords } from '../words/language.ts';
import type { Place } from './places.ts';
import { Link } from './router.tsx';

const icons: Readonly<Record<string, string>> = {
  home: 'M3 9.5 10 3l7 6.5V17h-5v-4.5H8V17H3z',
  approvals: 'M4 3h12v14H4zM7 10l2.2 2.2L13.4 8',
  activity: 'M2.5 10.5h3.5l2-6 4 11 2-5h3.5',
  cloud: 'M5.6 15.5a3.6 3.6 0 0 1-.3-7.2 5 5 0 0 1 9.5 1.1 3.1 3.1 0 0 1 .2 6.1z',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
  support: 'M10 2.5a7.5 7.5 0 1 0 0 15 7.5 7.5 0 0 0 0-15zM8 8a2 2 0 1 1 2.7 1.9c-.5.2-.7.5-.7 1v.4M10 14v.1',
};

/** Which item of the rail a place belongs to. */
function itemOf({ at }: Place): string {
  return at === 'device' || at === 'catalogue' || at === 'connector' ? 'home' : at;
}

/** The places, always in the same order; help comes last on every screen (WCAG 3.2.6). A bar at the bottom on a phone. */
export function Rail({ place, onKeys }: { readonly place: Place; readonly onKeys: () => void }) {
  const { t } = useWords();
  const waiting = useLive(({ approvals }) => [...approvals.values()].filter(({ state }) => state === 'waiting').length);
  const items: readonly { readonly key: string; readonly word: string; readonly to: Place; readonly count?: number }[] =
    [
      { key: 'home', word: t('frame.home'), to: { at: 'home' } },
      { key: 'approvals', word: t('frame.approvals'), to: { at: 'approvals', approvalId: null }, count: waiting },
      { key: 'activity', word: t('frame.activity'), to: { at: 'activity', rowId: null } },
      { key: 'cloud', word: t('frame.cloud'), to: { at: 'cloud' } },
      { key: 'settings', word: t('frame.settings'), to: { at: 'settings', section: 'general' } },
      { key: 'support', word: t('frame.support'), to: { at: 'support' } },
    ];
  return (
    <nav className="rail" aria-label={t('frame.places')}>
      <ul>
        {items.map(({ key, word, to, count = 0 }) => (
          <li key={key}>
            <Link to={to} aria-current={itemOf(place) === key ? 'page' : undefined}>
              <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
                <path d={icons[key]} />
              </svg>
              <span>{word}</span>
              {count > 0 && (
                <>
                  <span className="count" aria-hidden="true">
                    {count}
                  </span>
                  <span className="visually-hidden">{t('frame.waitForYou', { count })}</span>
                </>
              )}
            </Link>
          </li>
        ))}
        <li className="keys-item">
          <button type="button" className="quiet" onClick={onKeys}>
            <span className="key-cap" aria-hidden="true">
              ?
            </span>
            <span>{t('keys.title')}</span>
          </button>
        </li>
      </ul>
    </nav>
  );
}
