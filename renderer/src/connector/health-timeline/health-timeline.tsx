import { useState } from 'react';
import { Link, useLocation } from '../../frame/router.tsx';
import { agentNow } from '../../live/clock.ts';
import type { Connector, HealthSpan, HealthTimelineAnswer } from '../../live/wire.ts';
import { AgentText } from '../../parts/agent-text.tsx';
import { Mark } from '../../parts/mark.tsx';
import { Problem } from '../../parts/problem.tsx';
import { StateLine } from '../../parts/state-line.tsx';
import { useWords, type Words } from '../../words/language.ts';
import { healthLooks, type Look } from '../../words/states.table.ts';
import { displayClock } from '../../words/times.ts';
import './health-timeline.css';
import { barsOf, displayDuration, type Lane, lanes, summarise } from './timeline.ts';
import { useTimeline } from './use-timeline.ts';

const HOUR_MS = 3_600_000;
const ranges = { '24h': 24 * HOUR_MS, '7d': 168 * HOUR_MS } as const;
type Range = keyof typeof ranges;
const rangeKeys = { '24h': 'healthTimeline.range24h', '7d': 'healthTimeline.range7d' } as const;
const rangeNames: readonly Range[] = ['24h', '7d'];
/** The least width of a bar, so that a moment is seen in a week; also in the style sheet. */
const BAR_PX = 4;
/** Rows of the table. */
const TABLE_ROWS = 200;

const laneLooks: Readonly<Record<Lane, Look>> = {
  ok: healthLooks.ok,
  listening: healthLooks.listening,
  starting: healthLooks.starting,
  error: healthLooks.error,
  not_known: { shape: 'diamond-question', tone: 'off' },
};

/** How a connector was in the last day or week, as a picture with a lane for each state, or as a table. */
export function HealthTimeline({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const { query } = useLocation();
  const range = rangeNames.find((name) => name === query.get('health')) ?? '24h';
  const [asTable, setAsTable] = useState(false);
  const fetched = useTimeline(connector.id, ranges[range]);
  return (
    <section className="card" aria-labelledby="health-timeline">
      <div className="filters">
        <h2 id="health-timeline">{t('healthTimeline.title')}</h2>
        <div className="actions">
          <nav className="chips" aria-label={t('healthTimeline.rangeLabel')}>
            {rangeNames.map((name) => (
              <Link
                key={name}
                to={{ at: 'connector', connectorId: connector.id, tab: 'live' }}
                query={{ range: query.get('range'), health: name === '24h' ? null : name }}
                aria-current={name === range ? 'true' : undefined}
              >
                {t(rangeKeys[name])}
              </Link>
            ))}
          </nav>
          <button type="button" onClick={() => setAsTable(!asTable)}>
            {t(asTable ? 'healthTimeline.asPicture' : 'healthTimeline.asTable')}
          </button>
        </div>
      </div>
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && <Shown name={connector.name} timeline={fetched.value} asTable={asTable} />}
    </section>
  );
}

function Shown({
  name,
  timeline,
  asTable,
}: {
  readonly name: string;
  readonly timeline: HealthTimelineAnswer;
  readonly asTable: boolean;
}) {
  const words = useWords();
  const { t } = words;
  const { spans, cut } = timeline;
  const summary = summaryWords(words, spans);
  return (
    <>
      <p>{summary}</p>
      {asTable ? <Table name={name} timeline={timeline} /> : <Picture timeline={timeline} label={summary} />}
      {cut && <p className="muted">{t('healthTimeline.cut')}</p>}
    </>
  );
}

function Picture({ timeline, label }: { readonly timeline: HealthTimelineAnswer; readonly label: string }) {
  const words = useWords();
  const { t, locale } = words;
  const [fromMs, toMs] = [Date.parse(timeline.from), Date.parse(timeline.to)];
  const bars = barsOf(timeline.spans, fromMs, toMs);
  const shown = lanes.filter((lane) => bars.has(lane));
  const middle = new Date((fromMs + toMs) / 2);
  const whole = toMs - fromMs > 36 * HOUR_MS;
  const tick = (at: Date) =>
    at.toLocaleString(
      locale,
      whole ? { day: 'numeric', month: 'short' } : { weekday: 'short', hour: '2-digit', minute: '2-digit' },
    );
  return (
    <div className="lanes" role="img" aria-label={label}>
      {shown.map((lane) => (
        <div key={lane} className="lane" data-lane={lane}>
          <span className="lane-name">
            <Mark look={laneLooks[lane]} />
            <span>{laneWord(words, lane)}</span>
          </span>
          <span className={`lane-track tone-${laneLooks[lane].tone}`}>
            {bars.get(lane)?.map(({ from, width }) => (
              <span
                key={from}
                className="lane-bar"
                style={{ left: `min(${from * 100}%, 100% - ${BAR_PX}px)`, width: `${width * 100}%` }}
              />
            ))}
          </span>
        </div>
      ))}
      <div className="lane-axis">
        <span>{tick(new Date(fromMs))}</span>
        <span>{tick(middle)}</span>
        <span>{t('healthTimeline.now')}</span>
      </div>
    </div>
  );
}

function Table({ name, timeline }: { readonly name: string; readonly timeline: HealthTimelineAnswer }) {
  const words = useWords();
  const { t, locale } = words;
  const rows = timeline.spans.slice(-TABLE_ROWS).reverse();
  const clock = (at: string) => displayClock(at, locale, agentNow());
  return (
    // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls has to be reached by keyboard
    <section className="timeline-table" tabIndex={0} aria-label={t('healthTimeline.caption', { name })}>
      <table>
        <caption>{t('healthTimeline.caption', { name })}</caption>
        <thead>
          <tr>
            <th scope="col">{t('healthTimeline.from')}</th>
            <th scope="col">{t('healthTimeline.to')}</th>
            <th scope="col">{t('healthTimeline.howLong')}</th>
            <th scope="col">{t('healthTimeline.state')}</th>
            <th scope="col">{t('healthTimeline.why')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((span) => (
            <tr key={span.from}>
              <td>{clock(span.from)}</td>
              <td>{span.to === timeline.to ? t('healthTimeline.now') : clock(span.to)}</td>
              <td>{displayDuration((Date.parse(span.to) - Date.parse(span.from)) / 1000, locale)}</td>
              <td>
                <StateLine look={laneLooks[span.state]} word={laneWord(words, span.state)} />
              </td>
              <td>
                <Why span={span} words={words} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}

function Why({ span, words: { t, find } }: { readonly span: HealthSpan; readonly words: Words }) {
  const { state, reason, message } = span;
  if (state === 'not_known') {
    return t(reason === 'agent_not_running' ? 'healthTimeline.agent_not_running' : 'healthTimeline.not_kept');
  }
  const word = reason === null ? null : find('reasons', reason);
  if (message === null) return word;
  return (
    <>
      {word !== null && `${word}. `}
      {state === 'error' && (
        <span className="muted">
          <AgentText>{message}</AgentText>
        </span>
      )}
    </>
  );
}

function laneWord({ t }: Words, lane: Lane): string {
  return lane === 'not_known' ? t('healthTimeline.not_known') : t(`states.${lane}`);
}

function summaryWords({ t, locale }: Words, spans: readonly HealthSpan[]): string {
  const { problems, problemSeconds, notKnownSeconds, knownSince, nothing } = summarise(spans);
  if (nothing) return t('healthTimeline.nothing');
  const sentences = [
    problems === 0
      ? t('healthTimeline.noProblems')
      : t('healthTimeline.problems', { count: problems, duration: displayDuration(problemSeconds, locale) }),
    notKnownSeconds === 0
      ? null
      : t('healthTimeline.notKnownFor', { duration: displayDuration(notKnownSeconds, locale) }),
    knownSince === null ? null : t('healthTimeline.knownSince', { time: displayClock(knownSince, locale, agentNow()) }),
  ];
  return sentences.filter((sentence) => sentence !== null).join(' ');
}
