import { Age } from '../parts/age.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { type Look, machineLooks } from '../words/states.table.ts';
import { displayClock } from '../words/times.ts';
import { useHub } from './live.ts';
import type { Machine } from './wire.ts';

const looks: Readonly<Record<Machine['state'], Look>> = {
  linked: { shape: 'link', tone: 'ok' },
  offline: machineLooks.offline,
  revoked: { shape: 'ring-bar', tone: 'off' },
};

/** How a machine stands to the hub. While the hub itself can't be heard, only how it stood, and as of when. */
export function MachineState({ machine }: { readonly machine: Machine }) {
  const { t, locale } = useWords();
  const lostSinceMs = useHub((state) => state.lostSinceMs);
  const { state, last_seen_at: seenAt } = machine;
  if (lostSinceMs !== null && state !== 'revoked') {
    const at = displayClock(new Date(lostSinceMs).toISOString(), locale, Date.now());
    return (
      <StateLine look={machineLooks.offline} word={t('hub.notKnownNow')}>
        <span className="muted">{` · ${t(`hub.${state}`)}, ${t('hub.asOf', { at })}`}</span>
      </StateLine>
    );
  }
  return (
    <StateLine look={looks[state]} word={t(`hub.${state}`)}>
      {state === 'offline' && (
        <span className="muted">
          {' · '}
          {seenAt === null ? (
            t('hub.neverSeen')
          ) : (
            <>
              {t('hub.seen')} <Age at={seenAt} />
            </>
          )}
        </span>
      )}
    </StateLine>
  );
}
