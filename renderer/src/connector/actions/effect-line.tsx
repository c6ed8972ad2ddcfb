import { Link } from '../../frame/router.tsx';
import type { Effect } from '../../live/wire.ts';
import { AgentText } from '../../parts/agent-text.tsx';
import { StateLine } from '../../parts/state-line.tsx';
import { effectLook, effectWord } from '../../words/effect-words.ts';
import { useWords } from '../../words/language.ts';

/** How a call of a side effect ended: never more than its evidence, always with its row in the journal. */
export function EffectLine({ effect }: { readonly effect: Effect }) {
  const words = useWords();
  const { t, find } = words;
  const { outcome, evidence, journal_id: row, approval_id: approval, error, deduplicated, reason, notes = [] } = effect;
  const { result } = effect;
  return (
    <div className="effect" data-outcome={outcome} role="status">
      <StateLine look={effectLook(effect)} word={effectWord(words, effect)}>
        {evidence !== null && outcome !== 'refused' && (
          <span className="muted"> · {find('evidence', evidence) ?? evidence}</span>
        )}
        {row !== null && (
          <>
            {' · '}
            <Link to={{ at: 'activity', rowId: row }}>{t('actions.row')}</Link>
          </>
        )}
      </StateLine>
      {outcome === 'pending' && approval !== null && (
        <p>
          {t('actions.waitsForPerson')}{' '}
          <Link to={{ at: 'approvals', approvalId: approval }}>{t('actions.toApproval')}</Link>
        </p>
      )}
      {deduplicated && <p>{t('actions.answeredBefore')}</p>}
      {reason !== null && error === null && <p className="muted">{find('refusals', reason) ?? reason}</p>}
      {error !== null && (
        <p>
          <AgentText>{[error.message, error.hint].filter(Boolean).join(' ')}</AgentText>
        </p>
      )}
      {notes.map((note) => (
        <p key={note}>
          <AgentText>{note}</AgentText>
        </p>
      ))}
      {result !== null && Object.keys(result).length > 0 && (
        <details>
          <summary>{t('actions.answer')}</summary>
          <pre className="code">{JSON.stringify(result, null, 2)}</pre>
        </details>
      )}
    </div>
  );
}
