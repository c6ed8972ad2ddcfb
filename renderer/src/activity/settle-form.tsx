import { type FormEvent, useId, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { type RequestError, request } from '../live/request.ts';
import { type JournalEntry, journalEntrySchema } from '../live/wire.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { useWords } from '../words/language.ts';

/** What happened, said by a person who looked. Nothing is chosen beforehand: both answers have consequences. */
export function SettleForm({ row, onSettled }: { readonly row: JournalEntry; readonly onSettled: () => void }) {
  const { t } = useWords();
  const id = useId();
  const [answer, setAnswer] = useState<'happened' | 'did_not_happen' | null>(null);
  const [by, setBy] = useState('');
  const [note, setNote] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const save = async (event: FormEvent) => {
    event.preventDefault();
    if (answer === null) return;
    setBusy(true);
    setProblem(null);
    try {
      await request('POST', `/v1/journal/${encodeURIComponent(row.journal_id)}/settle`, journalEntrySchema, {
        body: {
          answer,
          ...(by.trim() === '' ? {} : { by: by.trim() }),
          ...(note.trim() === '' ? {} : { note: note.trim() }),
        },
      });
      announce(t('activity.saved'));
      onSettled();
    } catch (error) {
      setProblem(toRequestError(error));
      setBusy(false);
    }
  };
  const choice = (value: 'happened' | 'did_not_happen', label: string) => (
    <label className="choice">
      <input type="radio" name={`${id}-answer`} checked={answer === value} onChange={() => setAnswer(value)} /> {label}
    </label>
  );
  return (
    <form className="settle" onSubmit={save} data-settle={row.journal_id}>
      <fieldset>
        <legend>
          <h3 lang="en">{row.question}</h3>
        </legend>
        <p>{t('activity.settleKnow')}</p>
        <p>{t('activity.settleUntil', { name: row.connector_name })}</p>
        {choice('happened', t('activity.yes'))}
        {choice('did_not_happen', t('activity.no'))}
      </fieldset>
      <div className="field">
        <label htmlFor={`${id}-by`}>{t('activity.yourName')}</label>
        <input id={`${id}-by`} type="text" maxLength={100} value={by} onChange={(event) => setBy(event.target.value)} />
      </div>
      <div className="field">
        <label htmlFor={`${id}-note`}>{t('activity.note')}</label>
        <textarea
          id={`${id}-note`}
          rows={2}
          maxLength={1000}
          value={note}
          onChange={(event) => setNote(event.target.value)}
        />
      </div>
      {problem !== null && <Problem error={problem} takesFocus />}
      <div className="actions">
        <button type="submit" className="primary" disabled={busy || answer === null}>
          {t(busy ? 'activity.saving' : 'activity.save')}
        </button>
      </div>
    </form>
  );
}
