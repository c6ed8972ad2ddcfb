import type { Connector, TestRecord } from '../../live/wire.ts';
import { saveFile } from '../../parts/save-file.ts';
import { useWords } from '../../words/language.ts';

/** Saves a kept test as it is, or prints it: the browser's print dialog also makes a PDF of it. */
export function CommissioningRecord({
  connector,
  record,
}: {
  readonly connector: Connector;
  readonly record: TestRecord;
}) {
  const { t } = useWords();
  const save = () => {
    const text = JSON.stringify({ connector: connector.name, ...record }, null, 2);
    const name = `${connector.name.replace(/[^\w.-]+/g, '-')}-test-${record.tested_at.slice(0, 10)}.json`;
    saveFile(name, 'application/json', text);
  };
  /** One sheet of paper with this record alone: the style sheet hides all but what is marked. */
  const print = (event: { readonly currentTarget: HTMLElement }) => {
    const sheet = event.currentTarget.closest('li');
    sheet?.classList.add('on-paper');
    document.body.classList.add('printing');
    window.print();
    sheet?.classList.remove('on-paper');
    document.body.classList.remove('printing');
  };
  return (
    <>
      <h3>{t('tests.record')}</h3>
      <dl className="facts">
        <dt>{t('tests.connector')}</dt>
        <dd>{connector.name}</dd>
        <dt>{t('tests.at')}</dt>
        <dd>
          <time dateTime={record.tested_at}>{record.tested_at}</time>
        </dd>
        <dt>{t('tests.by')}</dt>
        <dd>{record.tested_by}</dd>
        <dt>{t('tests.circumstances')}</dt>
        <dd>
          <pre className="code">{JSON.stringify(record.circumstances, null, 2)}</pre>
        </dd>
      </dl>
      <div className="actions no-paper">
        <button type="button" onClick={print}>
          {t('tests.print')}
        </button>
        <button type="button" onClick={save}>
          {t('tests.save')}
        </button>
      </div>
    </>
  );
}
