import { useRef } from 'react';
import { Page } from '../frame/page.tsx';
import { useLive } from '../live/store.ts';
import { Empty } from '../parts/empty.tsx';
import { Mark } from '../parts/mark.tsx';
import { useWords } from '../words/language.ts';
import { ApprovalCard } from './approval-card.tsx';
import './approvals.css';
import { endedWords } from './ended-words.ts';

/** What waits for a person, the most urgent first, and how the last ones ended. `approvalId`: the one that was asked for. */
export function Approvals({ approvalId }: { readonly approvalId: string | null }) {
  const allWords = useWords();
  const { t, locale } = allWords;
  const heading = useRef<HTMLHeadingElement>(null);
  const approvals = useLive((state) => state.approvals);
  const pinSet = useLive((state) => state.pinSet);
  const waiting = [...approvals.values()]
    .filter((approval) => approval.state === 'waiting')
    .sort((left, right) => left.expires_at.localeCompare(right.expires_at));
  const ended = [...approvals.values()]
    .filter((approval) => approval.state !== 'waiting')
    .sort((left, right) => (right.decision?.at ?? '').localeCompare(left.decision?.at ?? ''));
  return (
    <Page title={t('frame.approvals')}>
      <h2 id="approvals" ref={heading} tabIndex={-1}>
        {t('approvals.waiting')}
      </h2>
      {waiting.length === 0 && (
        <Empty title={t('approvals.none')}>
          <p>{t('approvals.noneBody')}</p>
        </Empty>
      )}
      <ul className="cards">
        {waiting.map((approval) => (
          <ApprovalCard
            key={approval.id}
            approval={approval}
            pinSet={pinSet}
            isAskedFor={approval.id === approvalId}
            onDecided={() => heading.current?.focus()}
          />
        ))}
      </ul>
      {ended.length > 0 && (
        <ul className="ended" aria-label={t('approvals.ended')}>
          {ended.map((approval) => {
            const words = endedWords(allWords, approval);
            return (
              <li key={approval.id} data-ended={approval.id}>
                <Mark look={words.look} />
                <span>
                  {approval.decision !== null && new Date(approval.decision.at).toLocaleTimeString(locale)}{' '}
                  {approval.summary} · {approval.connector_name}: {words.word}
                </span>
              </li>
            );
          })}
        </ul>
      )}
    </Page>
  );
}
