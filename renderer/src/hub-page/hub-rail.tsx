import { useWords } from '../words/language.ts';
import type { Place } from './places.ts';
import { Link } from './router.tsx';

const icons = {
  machines: 'M3 4h14v9H3zM7 17h6M10 13v4',
  pair: 'M4 10l4 4 8-8',
  enrolments: 'M3 7h14v2a1.5 1.5 0 0 0 0 3v2H3v-2a1.5 1.5 0 0 0 0-3zM12 7v7',
  keys: 'M6.5 6a4 4 0 1 0 0 8 4 4 0 0 0 0-8zM10.5 10H18M15 10v3',
  settings: 'M3 6h8M15 6h2M3 14h2M9 14h8M13 4v4M7 12v4',
} as const;

const entries = [
  ['machines', 'hub.machines'],
  ['pair', 'hub.approve'],
  ['enrolments', 'hub.tokens'],
  ['keys', 'hub.keys'],
  ['settings', 'hub.page'],
] as const;

/** The way to each screen: beside the page, at its foot on a phone. */
export function HubRail({ place }: { readonly place: Place }) {
  const { t } = useWords();
  const here = place.at === 'machine' ? 'machines' : place.at;
  return (
    <nav className="rail" aria-label={t('hub.places')}>
      <ul>
        {entries.map(([at, label]) => (
          <li key={at}>
            <Link to={{ at }} aria-current={at === here ? 'page' : undefined}>
              <svg className="icon" viewBox="0 0 20 20" aria-hidden="true">
                <path d={icons[at]} />
              </svg>
              <span>{t(label)}</span>
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}
