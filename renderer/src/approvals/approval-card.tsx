import { type ReactNode, useEffect, useRef, useState } from 'react';
import { announceAtOnce } from '../frame/announcer.ts';
import { useNow } from '../live/clock.ts';
import { RequestError, request } from '../live/request.ts';
import { noteEvent, notePinNeeded } from '../live/store.ts';
import { type Approval, approvalSchema } from '../live/wire.ts';
import { Mark } from '../parts/mark.tsx';
import { SimulatedTag } from '../parts/tags.tsx';
import { useWords } from '../words/language.ts';
import { outcomeLooks } from '../words/states.table.ts';
import { displayCountdown, secondsLeft } from '../words/times.ts';
import { ApprovalPreview } from './approval-preview.tsx';
import { spokenSeconds } from './ended-words.ts';

/**
 * One action that waits for a person: what, on which unit, exactly how, asked by whom, how long it waits. The safe answer
 * comes first; no single key decides, and Enter in the PIN does nothing, since a scanner types Enter.
 */
export function ApprovalCard({
  approval,
  pinSet,
  isAskedFor,
  onDecided,
  keysFor,
}: {
  readonly approval: Approval;
  readonly pinSet: boolean;
  /** Its address was opened: it is brought into view. */
  readonly isAskedFor: boolean;
  /** The card is about to go: focus has to go somewhere that stays. */
  readonly onDecided: () => void;
  /** Keys to type the PIN with, where there is no keyboard. */
  readonly keysFor?: (pin: string, setPin: (pin: string) => void) => ReactNode;
}) {
  const { t, locale } = useWords();
  const card = useRef<HTMLLIElement>(null);
  const [pin, setPin] = useState('');
  const [shown, setShown] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const left = secondsLeft(approval.expires_at, useNow());
  const over = left === 0;
  const headingId = `approval-${approval.id}`;
  const { summary, connector_name: name, device, tool } = approval;

  useEffect(() => {
    if (spokenSeconds.has(left)) announceAtOnce(t('approvals.spoken', { seconds: left, summary, name }));
  }, [left, summary, name, t]);

  useEffect(() => {
    if (isAskedFor) card.current?.scrollIntoView({ block: 'nearest' });
  }, [isAskedFor]);

  const decide = async (verb: 'approve' | 'deny') => {
    setBusy(true);
    setProblem(null);
    try {
      const body = verb === 'approve' && pinSet ? { pin } : {};
      const decided = await request('POST', `/v1/approvals/${approval.id}/${verb}`, approvalSchema, { body });
      noteEvent({ type: 'approval', approval: decided });
      onDecided();
    } catch (error) {
      setBusy(false);
      setPin('');
      if (error instanceof RequestError && error.code === 'pin_required') notePinNeeded();
      setProblem(
        error instanceof RequestError && error.status !== 0
          ? [error.message, error.hint].filter(Boolean).join(' ')
          : t('approvals.noAnswer'),
      );
    }
  };

  return (
    <li
      ref={card}
      className={device?.simulated === true ? 'card waiting is-simulated' : 'card waiting'}
      aria-labelledby={headingId}
      data-approval={approval.id}
    >
      <div className="spread">
        <div className="state">
          <Mark look={outcomeLooks.awaiting_approval} />
          <h3 id={headingId}>
            {summary} · {name}
          </h3>
        </div>
        <span className="countdown" role="timer" aria-live="off">
          {over ? t('approvals.over') : t('approvals.left', { time: displayCountdown(left) })}
        </span>
      </div>
      <dl className="facts">
        <dt>{t('approvals.askedBy')}</dt>
        <dd>
          {t('approvals.askedAt', {
            who: approval.caller_name,
            at: new Date(approval.requested_at).toLocaleTimeString(locale),
          })}
          {approval.entity_key !== null && ` · ${t('approvals.about', { what: approval.entity_key })}`}
        </dd>
        {device !== null && <DeviceFacts device={device} />}
        <dt>{t('approvals.exactly')}</dt>
        <dd>
          <code>{tool}</code> <code data-arguments>{JSON.stringify(approval.arguments, null, 1)}</code>
        </dd>
      </dl>
      {approval.notes.length > 0 && <p className="muted">{approval.notes.join(' ')}</p>}
      <ApprovalPreview approval={approval} />
      {pinSet && (
        <div className="actions">
          <label htmlFor={`pin-${approval.id}`}>{t('approvals.pin')}</label>
          <input
            id={`pin-${approval.id}`}
            type={shown ? 'text' : 'password'}
            inputMode="numeric"
            autoComplete="off"
            value={pin}
            onChange={(event) => setPin(event.target.value)}
          />
          <label>
            <input type="checkbox" checked={shown} onChange={(event) => setShown(event.target.checked)} />{' '}
            {t('approvals.show')}
          </label>
        </div>
      )}
      {pinSet && keysFor?.(pin, setPin)}
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
      <div className="actions">
        <button type="button" onClick={() => decide('deny')} disabled={busy || over}>
          {t('approvals.deny')}
        </button>
        <button
          type="button"
          className="primary"
          onClick={() => decide('approve')}
          disabled={busy || over || (pinSet && pin === '')}
        >
          {t(busy ? 'approvals.telling' : 'approvals.allow')}
        </button>
      </div>
    </li>
  );
}

function DeviceFacts({ device }: { readonly device: NonNullable<Approval['device']> }) {
  const { t } = useWords();
  const { product, path, unit, serial_number: serial } = device;
  return (
    <>
      <dt>{t('approvals.on')}</dt>
      <dd>
        {[
          product,
          path,
          unit !== null && t('approvals.unit', { unit }),
          serial !== null && t('approvals.serial', { serial }),
        ]
          .filter((part) => part !== false && part !== null)
          .join(' · ')}
        {device.simulated && (
          <>
            {' '}
            <SimulatedTag />
          </>
        )}
        <span className="muted"> {t('approvals.knownBy', { how: device.known_by })}</span>
      </dd>
    </>
  );
}
