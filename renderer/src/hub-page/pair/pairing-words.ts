import type { RequestError } from '../../live/request.ts';
import type { Words } from '../../words/language.ts';

/** What the hub says no with, in the words of somebody who stands before the machine. */
export function pairingWords(
  { t }: Words,
  { code, details }: RequestError,
): { readonly said: string | null; readonly hint: boolean } {
  switch (code) {
    case 'not_found':
      return { said: t('hub.noSuchCode'), hint: false };
    case 'expired_token':
      return { said: t('hub.codeExpired'), hint: false };
    case 'access_denied':
      return { said: t('hub.wordsDiffer'), hint: false };
    case 'rate_limited':
      return { said: t('hub.tooMany'), hint: true };
    case 'state_conflict':
      return { said: t(details['parameter'] === 'name' ? 'hub.nameTaken' : 'hub.decided'), hint: false };
    default:
      return { said: null, hint: false };
  }
}
