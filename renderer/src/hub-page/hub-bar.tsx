import { useWords } from '../words/language.ts';
import { useHub, useMay } from './live.ts';
import { closeSession } from './session.ts';

/** On every screen: which hub, whose side of it, as whom, and the way out. */
export function HubBar() {
  const { t } = useWords();
  const session = useHub((state) => state.session);
  const acts = useMay('agents:write');
  if (session === null) return null;
  const { hub, tenant, name } = session;
  const test = tenant.mode === 'test';
  return (
    <header className="top-bar hub-bar">
      <p className="hub-name">{hub.name}</p>
      <p className="hub-side">
        <span>{tenant.name}</span>
        <span
          className={test ? 'mode-tag test' : 'mode-tag live'}
          data-mode={tenant.mode}
          title={t(test ? 'hub.modeTestBody' : 'hub.modeLiveBody', { tenant: tenant.name })}
        >
          {t(test ? 'hub.modeTest' : 'hub.modeLive')}
        </span>
      </p>
      <p className="hub-who">
        <span>{t('hub.signedInAs', { name })}</span>
        {!acts && <span className="tag">{t('hub.readOnly')}</span>}
      </p>
      <button type="button" onClick={() => void closeSession().then(() => window.location.reload())}>
        {t('hub.signOut')}
      </button>
    </header>
  );
}
