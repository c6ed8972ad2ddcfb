import type { ReactNode } from 'react';
import { settingsSchema } from '../live/wire.ts';
import { Problem } from '../parts/problem.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { useWords, type Words } from '../words/language.ts';

/** What is kept and for how long, as the agent was started; the file that says so is its owner's to write. */
export function DataSection() {
  const words = useWords();
  const { t, locale } = words;
  const { fetched } = useFetched('/v1/settings', settingsSchema);
  if (fetched.state === 'loading') return <p className="muted">{t('frame.loading')}</p>;
  if (fetched.state === 'failed') return <Problem error={fetched.error} />;
  const { configuration_file: file, data_folder: folder, retention } = fetched.value;
  const { readings, streams, journal } = retention;
  const amount = (keep: number, key: 'settings.ofEachTool' | 'settings.ofEachDevice') =>
    keep === 0 ? t('settings.keptNone') : t(key, { amount: new Intl.NumberFormat(locale).format(keep) });
  return (
    <div className="form">
      <Kept
        title={t('settings.readings')}
        body={t('settings.readingsBody')}
        keys={['reading_history.keep', 'reading_history.keep_hours']}
        facts={[
          [t('settings.mostKept'), amount(readings.keep, 'settings.ofEachTool')],
          [t('settings.longest'), spanOf(words, readings.keep_hours)],
        ]}
      />
      <Kept
        title={t('settings.streams')}
        body={t('settings.streamsBody')}
        keys={['streams.keep', 'streams.keep_hours', 'streams.keep_personal_hours']}
        facts={[
          [t('settings.mostKept'), amount(streams.keep, 'settings.ofEachDevice')],
          [t('settings.longest'), spanOf(words, streams.keep_hours)],
          [t('settings.longestPersonal'), spanOf(words, streams.keep_personal_hours)],
        ]}
      />
      <Kept
        title={t('settings.record')}
        body={t('settings.recordBody')}
        keys={[]}
        facts={[[t('settings.shortest'), t('settings.days', { count: journal.keep_days })]]}
      />
      <section className="setting">
        <h2>{t('settings.whereSet')}</h2>
        <p>{t(file === null ? 'settings.noFile' : 'settings.inFile')}</p>
        <dl className="facts">
          {file !== null && (
            <div>
              <dt>{t('settings.file')}</dt>
              <dd>
                <code>{file}</code>
              </dd>
            </div>
          )}
          <div>
            <dt>{t('settings.dataFolder')}</dt>
            <dd>
              <code>{folder}</code>
            </dd>
          </div>
        </dl>
      </section>
    </div>
  );
}

function Kept({
  title,
  body,
  keys,
  facts,
}: {
  readonly title: string;
  readonly body: ReactNode;
  /** Of the configuration; none: it is no setting. */
  readonly keys: readonly string[];
  readonly facts: readonly (readonly [string, string])[];
}) {
  const { t } = useWords();
  return (
    <section className="setting">
      <h2>{title}</h2>
      <p>{body}</p>
      <dl className="facts">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
      </dl>
      <p className="muted">
        {keys.length === 0 ? t('settings.noSetting') : `${t('settings.inConfiguration')} `}
        {keys.map((key, index) => (
          <span key={key}>
            {index > 0 && ', '}
            <code>{key}</code>
          </span>
        ))}
      </p>
    </section>
  );
}

/** Whole days as days, all else as hours. */
function spanOf({ t }: Pick<Words, 't'>, hours: number): string {
  return hours % 24 === 0 ? t('settings.days', { count: hours / 24 }) : t('settings.hours', { count: hours });
}
