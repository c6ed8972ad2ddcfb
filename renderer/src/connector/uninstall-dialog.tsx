import { useId, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { go } from '../frame/router.tsx';
import { RequestError, request } from '../live/request.ts';
import { noteEvent } from '../live/store.ts';
import { type Connector, deletedConnectorSchema } from '../live/wire.ts';
import { Question } from '../parts/question.tsx';
import { useWords } from '../words/language.ts';

/**
 * Asks before a connector goes, and says what goes and what stays. When the hub can't be asked who depends on it, a person
 * may do it all the same: by typing its name.
 */
export function UninstallDialog({
  connector,
  onClose,
}: {
  readonly connector: Connector;
  readonly onClose: () => void;
}) {
  const { t } = useWords();
  const fieldId = useId();
  const { id, name, capabilities } = connector;
  const [hubIsAway, setHubIsAway] = useState(false);
  const [typed, setTyped] = useState('');
  return (
    <Question
      title={t('connector.uninstallTitle', { name })}
      safe={t('connector.keepIt')}
      act={hubIsAway ? t('connector.uninstallUnasked') : t('connector.uninstallNow', { name })}
      running={t('connector.uninstalling')}
      ready={!hubIsAway || typed === name}
      onClose={onClose}
      onAct={async () => {
        try {
          const path = `/v1/connectors/${id}${hubIsAway ? '?force=true' : ''}`;
          await request('DELETE', path, deletedConnectorSchema);
        } catch (error) {
          if (error instanceof RequestError && error.details['reason'] === 'hub_unreachable') setHubIsAway(true);
          throw error;
        }
        announce(t('connector.uninstalled', { name }));
        noteEvent({ type: 'connector_removed', connector_id: id });
        go({ at: 'home' }, { replace: true });
      }}
    >
      <p>{t('connector.uninstallBody', { capabilities: capabilities.join(', ') })}</p>
      {hubIsAway && (
        <>
          <p>{t('connector.hubIsAway')}</p>
          <div className="field">
            <label htmlFor={fieldId}>{t('connector.typeItsName', { name })}</label>
            <input
              id={fieldId}
              type="text"
              autoComplete="off"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </div>
        </>
      )}
    </Question>
  );
}
