import { Page } from '../frame/page.tsx';
import { useWords } from '../words/language.ts';
import { useHub } from './live.ts';
import { Preferences } from './preferences.tsx';

/** How the page looks, and which hub this is. */
export function Settings() {
  const { t } = useWords();
  const session = useHub((state) => state.session);
  return (
    <Page title={t('hub.page')}>
      <section className="card">
        <Preferences />
      </section>
      {session !== null && (
        <section className="card" aria-labelledby="this-hub">
          <h2 id="this-hub">{t('hub.thisHub')}</h2>
          <dl className="facts">
            <dt>{t('hub.address')}</dt>
            <dd>
              <code>{session.hub.origin}</code>
            </dd>
            <dt>{t('hub.tenant')}</dt>
            <dd>{session.tenant.name}</dd>
            <dt>{t('hub.id')}</dt>
            <dd>
              <code>{session.hub.id}</code>
            </dd>
          </dl>
        </section>
      )}
    </Page>
  );
}
