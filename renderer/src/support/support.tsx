import { Page } from '../frame/page.tsx';
import { doctorReportSchema } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Command } from '../parts/command.tsx';
import { Mark } from '../parts/mark.tsx';
import { Problem } from '../parts/problem.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

/** What stands in the way on this machine, and what would mend it. */
export function Support() {
  const { t, find } = useWords();
  const { fetched, again } = useFetched('/v1/doctor', doctorReportSchema);
  const worst = { error: 0, attention: 1, ok: 2 } as const;
  return (
    <Page title={t('frame.support')}>
      <h2>{t('support.doctor')}</h2>
      <p className="actions">
        <button type="button" onClick={again}>
          {t('support.again')}
        </button>
      </p>
      {fetched.state === 'loading' && <p className="muted">{t('support.looking')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && (
        <ul className="rows">
          {[...fetched.value.checks]
            .sort((left, right) => worst[left.result] - worst[right.result])
            .map((check) => (
              <li key={check.id} className="row" data-check={check.id} data-result={check.result}>
                <div className="row-main">
                  <span className="state">
                    <Mark look={machineLooks[check.result]} />
                    <span>
                      <strong>
                        <AgentText>{check.title}</AgentText>
                      </strong>{' '}
                      <span className="visually-hidden">{find('support', `result_${check.result}`)}</span>
                      <AgentText>{check.message}</AgentText>
                    </span>
                  </span>
                </div>
                {check.hint !== null && (
                  <p>
                    <AgentText>{check.hint}</AgentText>
                  </p>
                )}
                {check.command !== null && <Command text={check.command} />}
              </li>
            ))}
        </ul>
      )}
    </Page>
  );
}
