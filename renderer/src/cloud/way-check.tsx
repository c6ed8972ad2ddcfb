import { type FormEvent, useState } from 'react';
import { type RequestError, request } from '../live/request.ts';
import { type CloudCheck, cloudCheckSchema } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

const looks = { ok: machineLooks.ok, failed: machineLooks.error, not_reached: machineLooks.offline } as const;

/** Walks the way to the cloud, and shows how far it came. A machine without a cloud is asked for the address. */
export function WayCheck({ origin }: { readonly origin: string | null }) {
  const { t } = useWords();
  const [other, setOther] = useState('');
  const [busy, setBusy] = useState(false);
  const [check, setCheck] = useState<CloudCheck | null>(null);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const walk = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const body = { origin: origin ?? other.trim() };
      setCheck(await request('POST', '/v1/cloud/check', cloudCheckSchema, { body }));
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form className="cloud-form" onSubmit={walk}>
      <h3>{t('network.check')}</h3>
      {origin === null && (
        <div className="field">
          <label htmlFor="network-origin">{t('network.checkOrigin')}</label>
          <input
            id="network-origin"
            type="url"
            required
            placeholder="https://hub.example.com"
            value={other}
            onChange={(event) => setOther(event.target.value)}
          />
        </div>
      )}
      {problem !== null && <Problem error={problem} takesFocus />}
      <div role="status">
        {check !== null && !busy && (
          <ol className="way-steps" data-way={check.result}>
            {check.steps.map(({ step, result, message, hint }) => (
              <li key={step}>
                <StateLine look={looks[result]} word={t(`network.step_${step}`)}>
                  {result !== 'not_reached' && (
                    <>
                      {': '}
                      <AgentText>{[message, hint].filter(Boolean).join(' ')}</AgentText>
                    </>
                  )}
                </StateLine>
              </li>
            ))}
          </ol>
        )}
      </div>
      <button type="submit" disabled={busy}>
        {t(busy ? 'network.checking' : 'network.checkNow')}
      </button>
    </form>
  );
}
