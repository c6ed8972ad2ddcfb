import { useState } from 'react';
import { failure, type RequestError, windowHeaders } from '../live/request.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { saveFile } from '../parts/save-file.ts';
import { useWords } from '../words/language.ts';

/** Saves the journal as the file that the command line makes: lines of JSON, each chained to the one before. */
export function ExportButton({ connectorId }: { readonly connectorId: string | null }) {
  const { t } = useWords();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      const query = connectorId === null ? '' : `?connector_id=${encodeURIComponent(connectorId)}`;
      const response = await fetch(`/v1/journal/export${query}`, {
        headers: windowHeaders(),
        credentials: 'same-origin',
      });
      if (!response.ok) throw await failure(response);
      const day = new Date().toISOString().slice(0, 10);
      saveFile(`fibric-edge-journal-${day}.jsonl`, 'application/jsonl', await response.text());
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" onClick={save} disabled={busy} title={t('activity.exportHint')}>
        {t(busy ? 'activity.exporting' : 'activity.export')}
      </button>
      {problem !== null && <Problem error={problem} />}
    </>
  );
}
