import { Page } from '../frame/page.tsx';
import { Link, look, useLocation } from '../frame/router.tsx';
import { useLive } from '../live/store.ts';
import type { Listing } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { useWords } from '../words/language.ts';
import './install.css';
import { ListingSheet } from './listing-sheet.tsx';

/** What can be installed, also ahead of its device. */
export function Catalogue({ installing }: { readonly installing: string | null }) {
  const { t, find } = useWords();
  const { query } = useLocation();
  const listings = useLive((state) => state.listings);
  const sought = query.get('q') ?? '';
  const kind = query.get('kind');
  const found = [...listings.values()].filter(
    (listing) => (kind === null || listing.kind === kind) && matches(listing, sought),
  );
  return (
    <Page title={t('install.catalogue')}>
      <p className="muted">{t('install.catalogueBody')}</p>
      <div className="filters">
        <label className="field">
          <span>{t('install.search')}</span>
          <input
            type="search"
            value={sought}
            onChange={(event) => look({ q: event.target.value }, { replace: true })}
          />
        </label>
        <label className="field">
          <span>{t('install.kind')}</span>
          <select
            value={kind ?? ''}
            onChange={(event) => look({ kind: event.target.value || null }, { replace: false })}
          >
            <option value="">{t('install.anyKind')}</option>
            <option value="hardware">{t('install.hardware')}</option>
            <option value="saas">{t('install.saas')}</option>
          </select>
        </label>
      </div>
      {found.length === 0 && <p>{t('home.noneFound', { sought })}</p>}
      <ul className="rows" aria-label={t('install.catalogue')}>
        {found.map((listing) => (
          <li key={listing.id} className="row listing" data-listing={listing.id}>
            <div className="listing-head">
              <h2>
                <AgentText>{listing.title}</AgentText>
              </h2>
              {listing.status === 'live' ? (
                <Link
                  to={{ at: 'catalogue', installing: listing.id }}
                  query={{ q: sought, kind }}
                  sheet
                  className="button"
                >
                  {t('install.setUp')}
                </Link>
              ) : (
                <span className="tag">{t('install.early')}</span>
              )}
            </div>
            <p>
              <AgentText>{listing.summary}</AgentText>
            </p>
            <p className="muted">
              {find('classes', listing.category) ?? listing.category} · {listing.capabilities.join(', ')}
              {listing.models.length > 0 && (
                <>
                  {' · '}
                  <AgentText>{listing.models.slice(0, 6).join(', ')}</AgentText>
                  {listing.models.length > 6 && ` ${t('install.andMore', { count: listing.models.length - 6 })}`}
                </>
              )}
            </p>
          </li>
        ))}
      </ul>
      {installing !== null && <ListingSheet listingId={installing} />}
    </Page>
  );
}

function matches({ id, title, summary, category, models, capabilities }: Listing, sought: string): boolean {
  const text = sought.trim().toLowerCase();
  return [id, title, summary, category, ...models, ...capabilities].some((part) => part.toLowerCase().includes(text));
}
