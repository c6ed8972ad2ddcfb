import { AgentText } from '../parts/agent-text.tsx';
import { Problem } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { healthLooks } from '../words/states.table.ts';
import { type Asking, useIdentify, useRehearsal } from './use-identify.ts';

/** The question who the device is: what would be sent, told before it is, and what it answered. */
export function IdentifyPanel({
  deviceId,
  listingId,
  config,
}: {
  readonly deviceId: string;
  readonly listingId: string;
  readonly config: object;
}) {
  const { t } = useWords();
  const rehearsal = useRehearsal(deviceId, listingId, config);
  const { asking, ask } = useIdentify(deviceId);
  const first = rehearsal?.exchanges[0];
  return (
    <div className="identify">
      {rehearsal !== null &&
        (first === undefined ? (
          <p className="muted">{t('install.cantAsk')}</p>
        ) : (
          <>
            <p>
              {t('install.sends', { question: first.label })} <code>{first.sent}</code>
              {rehearsal.line !== null && ` (${rehearsal.line})`}. {t('install.changesNothing')}
            </p>
            <button
              type="button"
              onClick={() => ask(listingId, config)}
              disabled={asking.state === 'asking'}
              aria-describedby="identify-answer"
            >
              {asking.state === 'asking' ? t('install.asking') : t('install.identify')}
            </button>
          </>
        ))}
      <div id="identify-answer" aria-live="polite">
        <Answer asking={asking} />
      </div>
    </div>
  );
}

function Answer({ asking }: { readonly asking: Asking }) {
  const { t } = useWords();
  if (asking.state === 'failed') return <Problem error={asking.error} />;
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
                <td>{label}</td>
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
    </>
  );
}
