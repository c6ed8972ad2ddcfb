import type { ReactNode } from 'react';
import { go } from '../frame/router.tsx';
import { agentNow } from '../live/clock.ts';
import { type JournalEntry, journalEntrySchema } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Problem } from '../parts/problem.tsx';
import { Sheet } from '../parts/sheet.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { rowLook, rowWord } from '../words/effect-words.ts';
import { useWords } from '../words/language.ts';
import { displayClock } from '../words/times.ts';
import { isToAnswer } from './filters.ts';
import { SettleForm } from './settle-form.tsx';

/** One row of the journal, whole: who asked, for what exactly, what was sent, how it is known. */
export function RowSheet({ rowId, onChanged }: { readonly rowId: string; readonly onChanged: () => void }) {
  const { t } = useWords();
  const { fetched, again } = useFetched(`/v1/journal/${encodeURIComponent(rowId)}`, journalEntrySchema);
  const close = () =>
    go({ at: 'activity', rowId: null }, { query: Object.fromEntries(new URLSearchParams(window.location.search)) });
  const title =
    fetched.state === 'there' ? (
      <>
        {fetched.value.connector_name} · <span lang="en">{fetched.value.summary}</span>
      </>
    ) : (
      t('activity.row')
    );
  return (
    <Sheet title={title} onClose={close} wide>
      {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && (
        <>
          <Whole row={fetched.value} />
          {isToAnswer(fetched.value) && (
            <SettleForm
              row={fetched.value}
              onSettled={() => {
                again();
                onChanged();
              }}
            />
          )}
        </>
      )}
    </Sheet>
  );
}

function Whole({ row }: { readonly row: JournalEntry }) {
  const words = useWords();
  const { t, find, locale } = words;
  const time = (at: string) => displayClock(at, locale, agentNow());
  const { error, release, approval, settlement } = row;
  return (
    <>
      <StateLine look={rowLook(row)} word={rowWord(words, row)} />
      {error !== null && (
        <p>
          <AgentText>{[error.message, error.hint].filter(Boolean).join(' ')}</AgentText>
        </p>
      )}
      <dl className="facts">
        <Fact name={t('activity.when')}>{time(row.created_at)}</Fact>
        <Fact name={t('activity.by')}>{row.caller_name}</Fact>
        <Fact name={t('activity.what')}>
          <code>{row.tool}</code>
          <pre className="code">{JSON.stringify(row.arguments, null, 2)}</pre>
        </Fact>
        {row.entity_key !== null && <Fact name={t('activity.about')}>{row.entity_key}</Fact>}
        <Fact name={t('activity.sentAt')}>{row.sent_at === null ? t('activity.notSent') : time(row.sent_at)}</Fact>
        {row.ended_at !== null && <Fact name={t('activity.endedAt')}>{time(row.ended_at)}</Fact>}
        {row.evidence !== null && (
          <Fact name={t('activity.evidence')}>{find('evidence', row.evidence) ?? row.evidence}</Fact>
        )}
        {row.reason !== null && <Fact name={t('activity.why')}>{find('refusals', row.reason) ?? row.reason}</Fact>}
        {release !== null && (
          <Fact name={t('activity.released')}>
            {release.released_at === null ? t('activity.mayBeOn') : time(release.released_at)}
          </Fact>
        )}
        {approval?.decision?.by != null && (
          <Fact name={t('activity.approval')}>
            {[approval.decision.by, approval.decision.note].filter(Boolean).join(': ')}
          </Fact>
        )}
        {settlement !== null && (
          <Fact name={t('activity.settledBy')}>{[settlement.by, settlement.note].filter(Boolean).join(': ')}</Fact>
        )}
        {row.result !== null && (
          <Fact name={t('activity.answer')}>
            <pre className="code">{JSON.stringify(row.result, null, 2)}</pre>
          </Fact>
        )}
        <Fact name={t('activity.attempts')}>{row.attempts}</Fact>
        <Fact name={t('activity.key')}>
          <code>{row.idempotency_key}</code>
          {!row.key_given && <span className="muted"> {t('activity.minted')}</span>}
        </Fact>
      </dl>
    </>
  );
}

function Fact({ name, children }: { readonly name: string; readonly children: ReactNode }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </>
  );
}
