import { agentNow } from '../live/clock.ts';
import type { Outbox } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { type Look, machineLooks } from '../words/states.table.ts';
import { displayClock } from '../words/times.ts';

const outboxLooks: Readonly<Record<Outbox['state'], Look>> = {
  off: machineLooks.offline,
  idle: machineLooks.ok,
  sending: machineLooks.ok,
  waiting: machineLooks.attention,
  stopped: machineLooks.error,
};

/** What happened here and is on its way to the cloud; what was given up is said too. */
export function OutboxCard({ outbox }: { readonly outbox: Outbox }) {
  const { t, locale } = useWords();
  const count = (value: number) => value.toLocaleString(locale);
  const clock = (at: string) => displayClock(at, locale, agentNow());
  return (
    <section className="card" aria-labelledby="outbox-title" data-outbox={outbox.state}>
      <h2 id="outbox-title">{t('cloud.outbox')}</h2>
      <StateLine look={outboxLooks[outbox.state]} word={t(`cloud.outbox_${outbox.state}`)} />
      {outbox.reason !== null && (
        <p>
          <AgentText>{[outbox.reason, outbox.hint].filter(Boolean).join(' ')}</AgentText>
        </p>
      )}
      <dl className="facts">
        <dt>{t('cloud.waiting')}</dt>
        <dd>
          {count(outbox.waiting)}
          {outbox.oldest_at !== null && ` · ${t('cloud.oldest', { at: clock(outbox.oldest_at) })}`}
        </dd>
        <dt>{t('cloud.sent')}</dt>
        <dd>
          {count(outbox.sent)}
          {outbox.last_sent_at !== null && ` · ${t('cloud.lastSent', { at: clock(outbox.last_sent_at) })}`}
        </dd>
        <dt>{t('cloud.dropped')}</dt>
        <dd>{count(outbox.dropped)}</dd>
        {outbox.withheld > 0 && (
          <>
            <dt>{t('cloud.withheld')}</dt>
            <dd>{count(outbox.withheld)}</dd>
          </>
        )}
      </dl>
    </section>
  );
}
