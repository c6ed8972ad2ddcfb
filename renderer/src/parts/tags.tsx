import type { Device } from '../live/wire.ts';
import { useWords } from '../words/language.ts';

/** Says wherever it shows that something is no real device. */
export function SimulatedTag() {
  const { t } = useWords();
  return (
    <span className="tag simulated" title={t('states.simulatedBody')}>
      {t('states.simulated')}
    </span>
  );
}

/** By what a device is found again: the unit itself, its socket, or the configuration. */
export function IdentityTag({ device }: { readonly device: Device }) {
  const { find } = useWords();
  const { confidence } = device.identity;
  const word = find('identity', confidence);
  if (word === null) return null;
  return (
    <span className={`tag identity-${confidence}`} title={find('identity', `${confidence}_body`) ?? undefined}>
      {word}
    </span>
  );
}
