import { useEffect, useState } from 'react';
import { look, useLocation } from '../frame/router.tsx';
import { type LogLine, logListSchema } from '../live/wire.ts';
import { Problem } from '../parts/problem.tsx';
import { saveFile } from '../parts/save-file.ts';
import { useFetched } from '../parts/use-fetched.ts';
import { useWords } from '../words/language.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
/** How often new lines are fetched while somebody follows, in milliseconds. */
const FOLLOW_MS = 3_000;
const LINES = 500;

/** The last lines of the log, newest at the top; following stops on Pause. */
export function Logs() {
  const { t, locale } = useWords();
  const { query } = useLocation();
  const level = levels.find((name) => name === query.get('level')) ?? 'info';
  const sought = query.get('filter') ?? '';
  const [following, setFollowing] = useState(false);
  const [wrap, setWrap] = useState(true);
  const { fetched, again } = useFetched(`/v1/logs?level=${level}&limit=${LINES}`, logListSchema);
  useEffect(() => {
    if (!following) return;
    const timer = setInterval(() => !document.hidden && again(), FOLLOW_MS);
    return () => clearInterval(timer);
  }, [following, again]);
  const all = fetched.state === 'there' ? fetched.value.data : [];
  const lines = all.filter((line) => asText(line).toLowerCase().includes(sought.trim().toLowerCase())).reverse();
  const label = `${t('support.logs')}: ${t('support.lines', { count: lines.length })}`;
  return (
    <section aria-labelledby="logs" className="support-part">
      <div className="page-head">
        <h2 id="logs">{t('support.logs')}</h2>
        <div className="actions">
          <button type="button" aria-pressed={following} onClick={() => setFollowing(!following)}>
            {following ? t('support.pause') : t('support.follow')}
          </button>
          <button type="button" onClick={() => saveFile('fibric-edge.log', 'text/plain', all.map(asText).join('\n'))}>
            {t('support.export')}
          </button>
        </div>
      </div>
      <div className="filters">
        <label className="field">
          <span>{t('support.level')}</span>
          <select value={level} onChange={(event) => look({ level: event.target.value }, { replace: false })}>
            {levels.map((name) => (
              <option key={name} value={name}>
                {t(`support.level_${name}`)}
              </option>
            ))}
          </select>
        </label>
        <label className="field">
          <span>{t('support.filter')}</span>
          <input
            type="search"
            value={sought}
            onChange={(event) => look({ filter: event.target.value }, { replace: true })}
          />
        </label>
        <label className="option">
          <input type="checkbox" checked={wrap} onChange={(event) => setWrap(event.target.checked)} />
          <span>{t('support.wrap')}</span>
        </label>
      </div>
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && (
        <p className="muted">
          {t('support.lines', { count: lines.length })}
          {lines.length < all.length && ` · ${t('support.hidden', { count: all.length - lines.length })}`}
        </p>
      )}
      {lines.length > 0 && (
        // Scrolls by itself, so it has to be reached by keyboard.
        // biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls
        <section className={wrap ? 'log wrap' : 'log'} tabIndex={0} aria-label={label}>
          <ol lang="en">
            {lines.map((line, index) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
              <li key={`${line.at}/${index}`} data-level={line.level}>
                <time dateTime={line.at}>{new Date(line.at).toLocaleTimeString(locale, { timeStyle: 'medium' })}</time>{' '}
                <strong>{line.level}</strong> {line.message} <span className="muted">{fieldsOf(line)}</span>
              </li>
            ))}
          </ol>
        </section>
      )}
    </section>
  );
}

function fieldsOf({ fields }: LogLine): string {
  return Object.entries(fields)
    .map(([name, value]) => `${name}=${typeof value === 'string' ? value : JSON.stringify(value)}`)
    .join(' ');
}

function asText(line: LogLine): string {
  return `${line.at} ${line.level} ${line.message} ${fieldsOf(line)}`.trimEnd();
}
