import { Page } from '../frame/page.tsx';
import { useLive } from '../live/store.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { useWords } from '../words/language.ts';

/** What can be installed. */
export function Catalogue(_: { readonly installing: string | null }) {
  const { t } = useWords();
  const listings = useLive((state) => state.listings);
  return (
    <Page title={t('install.catalogue')}>
      <ul className="rows">
        {[...listings.values()].map(({ id, title, summary }) => (
          <li key={id} className="row" data-listing={id}>
            <h2>
              <AgentText>{title}</AgentText>
            </h2>
            <p>
              <AgentText>{summary}</AgentText>
            </p>
          </li>
        ))}
      </ul>
    </Page>
  );
}
