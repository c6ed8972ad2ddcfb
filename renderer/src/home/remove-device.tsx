import { announce } from '../frame/announcer.ts';
import { request } from '../live/request.ts';
import { noteEvent } from '../live/store.ts';
import { type Device, deletedDeviceSchema } from '../live/wire.ts';
import { Question } from '../parts/question.tsx';
import { useWords } from '../words/language.ts';

/** Asks before a device that was added by its address is taken back. */
export function RemoveDevice({
  device,
  onClose,
  onRemoved,
}: {
  readonly device: Device;
  readonly onClose: () => void;
  readonly onRemoved: () => void;
}) {
  const { t } = useWords();
  const { id, path } = device;
  return (
    <Question
      title={t('home.removeTitle', { address: path })}
      safe={t('home.keepDevice')}
      act={t('home.removeNow')}
      running={t('home.removing')}
      onClose={onClose}
      onAct={async () => {
        await request('DELETE', `/v1/devices/${id}`, deletedDeviceSchema);
        announce(t('home.removed', { address: path }));
        onRemoved();
        noteEvent({ type: 'device_removed', device_id: id });
      }}
    >
      <p>{t('home.removeBody')}</p>
    </Question>
  );
}
