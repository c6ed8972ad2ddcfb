import { PauseButton } from '../frame/pause-button.tsx';
import { useLive } from '../live/store.ts';
import { Command } from '../parts/command.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

/** The stop for all actions, the PIN of approvals, and the record of what was done. */
export function SafetySection() {
  const { t } = useWords();
  const paused = useLive((state) => state.paused);
  const pinSet = useLive((state) => state.pinSet);
  const agent = useLive((state) => state.agent);
  return (
    <div className="form">
      <section className="setting">
        <h2>{t('settings.actions')}</h2>
        <StateLine
          look={paused ? machineLooks.paused : machineLooks.ok}
          word={paused ? t('frame.paused') : t('settings.actionsPossible')}
        />
        <p className="muted">{t('settings.actionsBody')}</p>
        <PauseButton />
      </section>
      <section className="setting">
        <h2>{t('settings.pin')}</h2>
        <p>{pinSet ? t('settings.pinSet') : t('settings.pinNotSet')}</p>
        <p className="muted">{t('settings.pinBody')}</p>
        <Command text="fibric-edge approvals pin set" />
      </section>
      {agent !== null && (
        <section className="setting">
          <h2>{t('settings.record')}</h2>
          <StateLine
            look={agent.journal.acknowledged ? machineLooks.ok : machineLooks.error}
            word={agent.journal.acknowledged ? t('settings.recordWhole') : t('settings.recordLost')}
          />
          {!agent.journal.acknowledged && <Command text="fibric-edge journal acknowledge" />}
        </section>
      )}
    </div>
  );
}
