import { useWords } from '../words/language.ts';

/** What is kept and for how long; it is set in the configuration file, which the page does not write. */
export function DataSection() {
  const { t } = useWords();
  return (
    <div className="form">
      <section className="setting">
        <h2>{t('settings.readings')}</h2>
        <p>{t('settings.readingsBody')}</p>
        <p className="muted">
          {t('settings.inConfiguration')} <code>reading_history.keep</code>, <code>reading_history.keep_hours</code>
        </p>
      </section>
      <section className="setting">
        <h2>{t('settings.record')}</h2>
        <p>{t('settings.recordBody')}</p>
      </section>
    </div>
  );
}
