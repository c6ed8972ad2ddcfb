import { Link, look } from '../frame/router.tsx';
import { useWords } from '../words/language.ts';
import type { Filters, GroupKey } from './filters.ts';
import type { Group } from './groups.ts';

/** The filters of Home: each a link with its count, so that it can be opened, kept and sent. */
export function FilterBar({
  filters,
  groups,
  classes,
}: {
  readonly filters: Filters;
  readonly groups: readonly Group[];
  readonly classes: readonly string[];
}) {
  const { t, find } = useWords();
  const countOf = (key: GroupKey) => groups.find((group) => group.key === key)?.rows.length ?? 0;
  const all = groups.reduce((sum, { key, rows }) => (key === 'ignored' ? sum : sum + rows.length), 0);
  const states: readonly (readonly [GroupKey, string])[] = [
    ['needs', t('home.groupNeeds')],
    ['new', t('home.groupNew')],
    ['working', t('home.groupWorking')],
    ['listening', t('home.groupListening')],
    ['untried', t('home.groupUntried')],
    ['ignored', t('home.groupIgnored')],
  ];
  const queryWith = (state: string | null) => ({
    q: filters.q,
    class: filters.class,
    state,
    sort: filters.sort === 'name' ? 'name' : null,
    view: filters.view === 'tiles' ? 'tiles' : null,
  });
  return (
    <div className="filters">
      <nav aria-label={t('home.filters')} className="chips">
        <Link to={{ at: 'home' }} query={queryWith(null)} aria-current={filters.state === null ? 'true' : undefined}>
          {t('home.all')} <span className="count-text">{all}</span>
        </Link>
        {states
          .filter(([key]) => countOf(key) > 0 || filters.state === key)
          .map(([key, word]) => (
            <Link
              key={key}
              to={{ at: 'home' }}
              query={queryWith(key)}
              aria-current={filters.state === key ? 'true' : undefined}
            >
              {word} <span className="count-text">{countOf(key)}</span>
            </Link>
          ))}
      </nav>
      <div className="choices">
        {(classes.length > 1 || filters.class !== null) && (
          <label>
            <span>{t('home.class')}</span>
            <select
              value={filters.class ?? ''}
              onChange={(event) => look({ class: event.target.value || null }, { replace: false })}
            >
              <option value="">{t('home.anyClass')}</option>
              {classes.map((name) => (
                <option key={name} value={name}>
                  {find('classes', name) ?? name}
                </option>
              ))}
            </select>
          </label>
        )}
        <label>
          <span>{t('home.sort')}</span>
          <select
            value={filters.sort}
            onChange={(event) => look({ sort: event.target.value === 'name' ? 'name' : null }, { replace: false })}
          >
            <option value="attention">{t('home.sortAttention')}</option>
            <option value="name">{t('home.sortName')}</option>
          </select>
        </label>
        <label>
          <span>{t('home.view')}</span>
          <select
            value={filters.view}
            onChange={(event) => look({ view: event.target.value === 'tiles' ? 'tiles' : null }, { replace: false })}
          >
            <option value="rows">{t('home.viewRows')}</option>
            <option value="tiles">{t('home.viewTiles')}</option>
          </select>
        </label>
      </div>
    </div>
  );
}
