import type { IdentifyReport } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Problem } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { healthLooks } from '../words/states.table.ts';
import { type Asking, useIdentify, usePlan } from './use-identify.ts';

/**
 * The question who the device is: what would be sent, told before it is, how far the asking is, and what came of it. Without
 * a driver it asks as every family that can be asked without risk.
 */
export function IdentifyPanel({
  deviceId,
  listingId,
  config,
  onIdentified,
}: {
  readonly deviceId: string;
  /** Empty: nobody has chosen one. */
  readonly listingId: string;
  readonly config: object;
  readonly onIdentified: (listingId: string, config: IdentifyReport['config']) => void;
}) {
  const { t } = useWords();
  const plan = usePlan(deviceId, listingId, config);
  const { asking, ask } = useIdentify(deviceId);
  const planned = plan?.attempts.filter(({ frames }) => frames.length > 0) ?? [];
  const first = planned[0];
  const isRisky = planned.some(({ risks }) => risks.length > 0);
  const press = async () => {
    const report = await ask(listingId, config);
    if (report?.recognised === true && report.listing !== null) onIdentified(report.listing, report.config);
  };
  return (
    <div className="identify">
      {first === undefined ? (
        <p className="muted">{t('install.asksAsDriver')}</p>
      ) : (
        <>
          <p>
            {listingId === '' ? t('install.sendsAsAll', { count: planned.length }) : t('install.sends')}{' '}
            <code>{first.frames[0]}</code>
            {first.line !== null && ` (${first.line})`}. {isRisky ? t('install.mayShow') : t('install.changesNothing')}
          </p>
          {plan?.warnings.map((warning) => (
            <p key={warning}>
              <AgentText>{warning}</AgentText>
            </p>
          ))}
          {plan !== null && (planned.length > 1 || first.frames.length > 1 || isRisky) && <Plan plan={plan} />}
        </>
      )}
      <button type="button" onClick={press} disabled={asking.state === 'asking'} aria-describedby="identify-answer">
        {asking.state === 'asking' ? t('install.asking') : t('install.identify')}
      </button>
      <div id="identify-answer" aria-live="polite">
        <Answer asking={asking} />
      </div>
    </div>
  );
}

function Plan({ plan }: { readonly plan: IdentifyReport }) {
  const { t } = useWords();
  return (
    <details>
      <summary>{t('install.wholePlan')}</summary>
      <ol className="plan">
        {plan.attempts.map(({ listing, line, unit, frames, risks, message }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a plan that never changes
          <li key={index}>
            <AgentText>{[listing, line, unit === null ? null : `unit ${unit}`].filter(Boolean).join(' · ')}</AgentText>{' '}
            <code>{frames.join(' | ')}</code>
            {[...risks, message].filter(Boolean).map((text) => (
              <span key={text} className="muted">
                {' '}
                <AgentText>{text ?? ''}</AgentText>
              </span>
            ))}
          </li>
        ))}
        {plan.left_out.map(({ listing, reason }) => (
          <li key={listing} className="muted">
            {t('install.leftOut')} <AgentText>{`${listing}: ${reason}`}</AgentText>
          </li>
        ))}
      </ol>
    </details>
  );
}

function Answer({ asking }: { readonly asking: Asking }) {
  const { t } = useWords();
  if (asking.state === 'failed') return <Problem error={asking.error} />;
  if (asking.state === 'asking') {
    const { progress } = asking;
    return progress === null || progress.total < 2 ? null : (
      <p>
        <progress value={progress.done} max={progress.total} aria-label={t('install.asking')} />{' '}
        {t('install.askedAs', { done: progress.done, total: progress.total })} <AgentText>{progress.listing}</AgentText>
      </p>
    );
  }
  if (asking.state !== 'answered') return null;
  const { report } = asking;
  const { identification, error, exchanges } = report;
  const facts = [identification?.manufacturer, identification?.model].filter(Boolean).join(' ');
  const serial = identification?.protocolSerial ?? null;
  return (
    <>
      {report.recognised ? (
        <StateLine look={healthLooks.ok} word={t('install.answered')}>
          {facts !== '' && `: ${facts}`}
          {serial === null ? '' : ` · ${t('install.serial', { serial })}`}
        </StateLine>
      ) : (
        <StateLine look={healthLooks.error} word={t('install.notAnswered')}>
          {error !== null && (
            <>
              {': '}
              <AgentText>{[error.message, error.hint].filter(Boolean).join(' ')}</AgentText>
            </>
          )}
        </StateLine>
      )}
      <Bytes exchanges={exchanges} />
    </>
  );
}

function Bytes({ exchanges }: Pick<IdentifyReport, 'exchanges'>) {
  const { t } = useWords();
  if (exchanges.length === 0) return null;
  return (
    <details>
      <summary>{t('install.everyByte')}</summary>
      <table className="bytes">
        <thead>
          <tr>
            <th scope="col">{t('install.question')}</th>
            <th scope="col">{t('install.sent')}</th>
            <th scope="col">{t('install.received')}</th>
          </tr>
        </thead>
        <tbody>
          {exchanges.map(({ label, sent, received }, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a record that never changes
            <tr key={index}>
              <td>
                <AgentText>{label}</AgentText>
              </td>
              <td>
                <code>{sent}</code>
              </td>
              <td>
                <code>{received === '' ? '–' : received}</code>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </details>
  );
}
