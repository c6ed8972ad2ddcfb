import { useState } from 'react';
import { announce } from '../frame/announcer.ts';
import type { RequestError } from '../live/request.ts';
import { useLive } from '../live/store.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Command } from '../parts/command.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { useWords } from '../words/language.ts';
import { displayClock } from '../words/times.ts';
import { type ShellUpdates, type UpdateRequest, useShellUpdates } from './shell-updates.ts';

/** Which version this is, and how another comes. */
export function UpdatesSection() {
  const { t } = useWords();
  const agent = useLive((state) => state.agent);
  const { updates, ask } = useShellUpdates();
  return (
    <div className="form">
      <section className="setting">
        <h2>{t('settings.thisVersion', { version: agent?.version ?? '…' })}</h2>
        {updates === null && (
          <>
            <p>{t('settings.updatesBody')}</p>
            <p>{t('updates.agent_package')}</p>
            <Command text={AGENT_COMMAND} />
          </>
        )}
        {agent !== null && agent.journal.unresolved > 0 && (
          <p className="note attention">{t('settings.updateWaits', { count: agent.journal.unresolved })}</p>
        )}
      </section>
      {updates !== null && <ProgramUpdates {...updates} ask={ask} />}
    </div>
  );
}

const AGENT_COMMAND = 'sudo apt-get update && sudo apt-get install --only-upgrade fibric-edge';
const PACKAGE_COMMAND = 'sudo apt-get update && sudo apt-get install --only-upgrade fibric-edge-desktop';

/** The desktop program's own: how updates reach it, how far one is, and what it waits for. */
function ProgramUpdates({
  version,
  updates: { way, mode, phase, version: target, percent, hold, lookedAt, problem, result, canPutBack },
  ask,
}: ShellUpdates & { readonly ask: (what: UpdateRequest) => Promise<void> }) {
  const { t, find, locale } = useWords();
  const [asking, setAsking] = useState(false);
  const [refused, setRefused] = useState<RequestError | null>(null);
  const run = async (what: UpdateRequest) => {
    setAsking(true);
    setRefused(null);
    try {
      await ask(what);
    } catch (error) {
      const known = toRequestError(error);
      setRefused(known);
      announce(known.message);
    } finally {
      setAsking(false);
    }
  };
  const key = (word: string) => word.replaceAll('-', '_');
  const button = (what: UpdateRequest, label: string) => (
    <button
      type="button"
      disabled={asking || (what === 'installUpdate' && hold?.for === 'actions')}
      onClick={() => void run(what)}
    >
      {label}
    </button>
  );
  return (
    <section className="setting" data-updates={phase}>
      <h2>{t('updates.program', { version })}</h2>
      <p>
        {find('updates', `way_${key(way)}`)} {way === 'self' && find('updates', `mode_${mode}`)}
      </p>
      {way === 'package-manager' && <Command text={PACKAGE_COMMAND} />}
      {way === 'self' && (
        <p className="muted">
          {t('settings.inConfiguration')} <code>updates.desktop</code>
        </p>
      )}
      {result !== null && (
        <p className={result.outcome === 'updated' ? 'note' : 'note attention'}>
          {t(`updates.result_${resultKeys[result.outcome]}`, { from: result.from, to: result.to })}
        </p>
      )}
      {(way === 'self' || phase !== 'idle') && (
        <p aria-live="polite">
          {phase === 'idle' || phase === 'looking'
            ? t(`updates.${phase}`)
            : phase === 'fetching'
              ? t('updates.fetching', { version: target ?? '', percent: percent ?? 0 })
              : t(`updates.${phase}`, { version: target ?? '' })}
        </p>
      )}
      {hold !== null && (
        <p className="note attention">
          {hold.for === 'agent'
            ? t('updates.hold_agent')
            : t('updates.hold_actions', { acting: hold.acting, waiting: hold.waiting, doubtful: hold.doubtful })}
        </p>
      )}
      {problem !== null && refused === null && (
        <p className="note attention">
          <AgentText>{problem}</AgentText>
        </p>
      )}
      {refused !== null && <Problem error={refused} takesFocus />}
      {lookedAt !== null && (
        <p className="muted">{t('updates.lookedAt', { time: displayClock(lookedAt, locale, Date.now()) })}</p>
      )}
      <div className="row-actions">
        {way === 'self' && phase === 'idle' && button('lookForUpdates', t('updates.look'))}
        {phase === 'ready' && button('installUpdate', t('updates.update', { version: target ?? '' }))}
        {phase === 'restart' && button('installUpdate', t('updates.restartNow', { version: target ?? '' }))}
        {canPutBack && result !== null && button('putBack', t('updates.putBack', { version: result.from }))}
      </div>
    </section>
  );
}

const resultKeys = {
  updated: 'updated',
  'not-taken': 'not_taken',
  'agent-down': 'agent_down',
  'put-back': 'put_back',
} as const;
