import { type DoctorReport, doctorReportSchema } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Command } from '../parts/command.tsx';
import { CopyButton } from '../parts/copy-button.tsx';
import { Mark } from '../parts/mark.tsx';
import { Problem } from '../parts/problem.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

type Check = DoctorReport['checks'][number];
const rank = { error: 0, attention: 1, ok: 2 } as const;

/** What the doctor found, the worst first, with what would mend it. */
export function Doctor() {
  const { t } = useWords();
  const { fetched, again } = useFetched('/v1/doctor', doctorReportSchema);
  const checks =
    fetched.state === 'there'
      ? [...fetched.value.checks].sort((one, other) => rank[one.result] - rank[other.result])
      : [];
  const wrong = checks.filter(({ result }) => result !== 'ok');
  const fine = checks.filter(({ result }) => result === 'ok');
  return (
    <section aria-labelledby="doctor" className="support-part">
      <div className="page-head">
        <h2 id="doctor">{t('support.doctor')}</h2>
        <div className="actions">
          <button type="button" onClick={again}>
            {t('support.again')}
          </button>
          {checks.length > 0 && <CopyButton text={asText(checks)} label={t('support.copyText')} />}
        </div>
      </div>
      {fetched.state === 'loading' && <p className="muted">{t('support.looking')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && (
        <>
          <p>
            {t('support.fine', { count: fine.length })} ·{' '}
            {t('support.needAttention', { count: wrong.filter(({ result }) => result === 'attention').length })} ·{' '}
            {t('support.wrong', { count: wrong.filter(({ result }) => result === 'error').length })}
          </p>
          {wrong.length > 0 && <Checks checks={wrong} />}
          <details open={wrong.length === 0}>
            <summary>{t('support.whatIsFine', { count: fine.length })}</summary>
            <Checks checks={fine} />
          </details>
        </>
      )}
    </section>
  );
}

function Checks({ checks }: { readonly checks: readonly Check[] }) {
  const { find } = useWords();
  return (
    <ul className="rows">
      {checks.map((check) => (
        <li key={check.id} className="row check" data-check={check.id} data-result={check.result}>
          <span className="state">
            <Mark look={machineLooks[check.result]} />
            <span>
              <strong>
                <AgentText>{check.title}</AgentText>
              </strong>{' '}
              <span className="visually-hidden">{find('support', `result_${check.result}`)} </span>
              <AgentText>{check.message}</AgentText>
              {check.hint !== null && (
                <span className="hint">
                  <AgentText>{check.hint}</AgentText>
                </span>
              )}
              {check.command !== null && <Command text={check.command} />}
            </span>
          </span>
        </li>
      ))}
    </ul>
  );
}

function asText(checks: readonly Check[]): string {
  return checks
    .map(({ result, title, message, hint, command }) =>
      [`[${result}] ${title}: ${message}`, hint, command].filter((part) => part !== null).join('\n    '),
    )
    .join('\n');
}
