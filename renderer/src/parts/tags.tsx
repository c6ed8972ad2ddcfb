import type { Device } from '../live/wire.ts';
import { useWords } from '../words/language.ts';
import { AgentText } from './agent-text.tsx';

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

/** What being found again by that means, in the person's language; the agent's own words where there are none. */
export function IdentityWords({ device }: { readonly device: Device }) {
  const { find, language } = useWords();
  const { confidence, explanation } = device.identity;
  const words = language === 'en' ? null : find('identity', `${confidence}_body`);
  return words ?? <AgentText>{explanation}</AgentText>;
}
