import { announce } from '../frame/announcer.ts';
import { go } from '../frame/router.tsx';
import { request } from '../live/request.ts';
import { noteEvent } from '../live/store.ts';
import { type Connector, deletedConnectorSchema } from '../live/wire.ts';
import { Question } from '../parts/question.tsx';
import { useWords } from '../words/language.ts';

/** Asks before a connector goes, and says what goes and what stays. */
export function UninstallDialog({
  connector,
  onClose,
}: {
  readonly connector: Connector;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const { id, name, capabilities } = connector;
  return (
    <Question
      title={t('connector.uninstallTitle', { name })}
      safe={t('connector.keepIt')}
      act={t('connector.uninstallNow', { name })}
      running={t('connector.uninstalling')}
      onClose={onClose}
      onAct={async () => {
        await request('DELETE', `/v1/connectors/${id}`, deletedConnectorSchema);
        announce(t('connector.uninstalled', { name }));
        noteEvent({ type: 'connector_removed', connector_id: id });
        go({ at: 'home' }, { replace: true });
      }}
    >
      <p>{t('connector.uninstallBody', { capabilities: capabilities.join(', ') })}</p>
    </Question>
  );
}
