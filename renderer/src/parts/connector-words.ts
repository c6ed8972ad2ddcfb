import type { Connector } from '../live/wire.ts';
import type { Words } from '../words/language.ts';
import { healthLooks, type Look, reasonLooks } from '../words/states.table.ts';

/** How a connector's state is told: by shape, word, and what to do next. */
export interface StateWords {
  readonly look: Look;
  readonly word: string;
  /** Null: there is nothing to do. */
  readonly next: string | null;
}

/** The words for a reason code; one that the catalogue does not know still says that something is wrong. */
export function reasonWords({ t, find }: Words, reason: string): StateWords {
  return {
    look: reasonLooks[reason] ?? healthLooks.error,
    word: find('reasons', reason) ?? t('states.error'),
    next: find('steps', reason),
  };
}

/** The words of a connector's state. */
export function connectorWords(
  words: Words,
  { health, status, device, last_synced_at: synced }: Connector,
): StateWords {
  const { t } = words;
  if (status === 'pending_auth')
    return { look: healthLooks.pending_auth, word: t('states.pendingAuth'), next: t('states.pendingAuthNext') };
  if (health.state !== 'error' && device?.identity.needs_confirmation === true) {
    return reasonWords(words, 'unconfirmed_device');
  }
  switch (health.state) {
    case 'ok':
      return { look: healthLooks.ok, word: t('states.ok'), next: null };
    case 'listening':
      return { look: healthLooks.listening, word: t('states.listening'), next: t('states.listeningNext') };
    case 'starting':
      return { look: healthLooks.starting, word: t('states.starting'), next: t('states.startingNext') };
    case 'error':
      if (device === null && synced === null && health.reason === 'device_unplugged') {
        return {
          look: healthLooks.waiting_for_device,
          word: t('states.waitingForDevice'),
          next: t('states.waitingForDeviceNext'),
        };
      }
      return health.reason === null
        ? { look: healthLooks.error, word: t('states.error'), next: t('states.errorNext') }
        : reasonWords(words, health.reason);
  }
}
