import { type FormEvent, useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { type RequestError, request } from '../../live/request.ts';
import { noteEvent } from '../../live/store.ts';
import { type Connector, connectorSchema } from '../../live/wire.ts';
import { Problem, toRequestError } from '../../parts/problem.tsx';
import { useWords } from '../../words/language.ts';

/** The connector's name. */
export function RenameSection({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const [name, setName] = useState(connector.name);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const rename = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const changed = await request('PATCH', `/v1/connectors/${connector.id}`, connectorSchema, {
        body: { name: name.trim() },
      });
      noteEvent({ type: 'connector', connector: changed });
      announce(t('connectorSettings.renamed', { name: changed.name }));
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card">
      <form className="settings-form narrow" onSubmit={rename}>
        <div className="field">
          <label htmlFor="connector-name">{t('connectorSettings.name')}</label>
          <p className="muted">{t('connectorSettings.nameBody')}</p>
          <input
            id="connector-name"
            type="text"
            required
            maxLength={100}
            value={name}
            onChange={(event) => setName(event.target.value)}
          />
        </div>
        {problem !== null && <Problem error={problem} takesFocus />}
        <button type="submit" disabled={busy || name.trim() === '' || name.trim() === connector.name}>
          {t(busy ? 'connectorSettings.renaming' : 'connectorSettings.rename')}
        </button>
      </form>
    </section>
  );
}
