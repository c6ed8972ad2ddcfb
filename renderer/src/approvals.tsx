import { useEffect, useRef } from 'react';
import { ApprovalCard } from './approval-card.tsx';
import { StateMark } from './state-mark.tsx';
import type { Approval } from './wire.ts';
import { endedWords } from './words/approvals.ts';

/** What waits for a person, the most urgent first, and how the last ones ended. Nothing when there is neither. */
export function Approvals({
  approvals,
  pinSet,
  now,
  say,
}: {
  readonly approvals: readonly Approval[];
  readonly pinSet: boolean;
  readonly now: number;
  /** Spoken at once by a screen reader. */
  readonly say: (text: string) => void;
}) {
  const heading = useRef<HTMLHeadingElement>(null);
  const told = useRef(new Set<string>());
  const waiting = approvals
    .filter((approval) => approval.state === 'waiting')
    .sort((left, right) => left.expires_at.localeCompare(right.expires_at));
  const ended = approvals
    .filter((approval) => approval.state !== 'waiting')
    .sort((left, right) => (right.decision?.at ?? '').localeCompare(left.decision?.at ?? ''));

  useEffect(() => {
    for (const { id, state, summary, connector_name: name } of approvals) {
      const key = `${id}/${state}`;
      if (told.current.has(key)) continue;
      told.current.add(key);
      if (state === 'waiting') say(`Approval needed: ${summary}, ${name}.`);
    }
  }, [approvals, say]);

  if (waiting.length + ended.length === 0) return null;
  return (
    <section aria-labelledby="approvals">
      <h2 id="approvals" ref={heading} tabIndex={-1}>
        Waiting for a person
      </h2>
      {waiting.length > 0 && (
        <ul className="cards">
          {waiting.map((approval) => (
            <ApprovalCard
              key={approval.id}
              approval={approval}
              pinSet={pinSet}
              now={now}
              say={say}
              onDecided={() => heading.current?.focus()}
            />
          ))}
        </ul>
      )}
      {ended.length > 0 && (
        <ul className="ended" aria-label="Decided lately">
          {ended.map((approval) => {
            const words = endedWords(approval);
            return (
              <li key={approval.id} data-ended={approval.id}>
                <StateMark shape={words.shape} tone={words.tone} />
                <span>
                  {approval.decision !== null && new Date(approval.decision.at).toLocaleTimeString(navigator.language)}{' '}
                  {approval.summary} · {approval.connector_name}: {words.word}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </section>
  );
}
