import { useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { agentNow } from '../live/clock.ts';
import { type RequestError, request } from '../live/request.ts';
import { liveState } from '../live/store.ts';
import { agentHealthSchema, doctorReportSchema, logListSchema } from '../live/wire.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { saveFile } from '../parts/save-file.ts';
import { useWords } from '../words/language.ts';
import { displayBytes } from '../words/numbers.ts';
import { bundleText } from './bundle-content.ts';

async function makeBundle(): Promise<string> {
  const [health, doctor, logs] = await Promise.all([
    request('GET', '/v1/health', agentHealthSchema),
    request('GET', '/v1/doctor', doctorReportSchema),
    request('GET', '/v1/logs?level=debug&limit=1000', logListSchema),
  ]);
  const { connectors, devices } = liveState();
  return bundleText({
    madeAt: new Date(agentNow()).toISOString(),
    health,
    doctor,
    connectors: [...connectors.values()],
    devices: [...devices.values()],
    logs: logs.data,
  });
}

/** Everything that helps somebody elsewhere to understand this machine, in one file that a person may look into first. */
export function Bundle() {
  const { t, locale } = useWords();
  const [text, setText] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const make = async () => {
    setBusy(true);
    setProblem(null);
    try {
      setText(await makeBundle());
      announce(t('support.bundleMade'));
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section aria-labelledby="bundle" className="support-part">
      <h2 id="bundle">{t('support.bundle')}</h2>
      <p>{t('support.bundleBody')}</p>
      <p className="muted">{t('support.bundleNever')}</p>
      <div className="actions">
        <button type="button" onClick={make} disabled={busy}>
          {busy ? t('support.making') : text === null ? t('support.make') : t('support.makeAgain')}
        </button>
        {text !== null && (
          <button
            type="button"
            className="primary"
            onClick={() =>
              saveFile(
                `fibric-edge-support-${new Date(agentNow()).toISOString().slice(0, 10)}.json`,
                'application/json',
                text,
              )
            }
          >
            {t('support.save', { size: displayBytes(new Blob([text]).size, locale) })}
          </button>
        )}
      </div>
      {problem !== null && <Problem error={problem} takesFocus />}
      {text !== null && (
        <details>
          <summary>{t('support.look')}</summary>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: a region that scrolls */}
          <section className="log" tabIndex={0} aria-label={t('support.look')}>
            <pre lang="en">{text}</pre>
          </section>
        </details>
      )}
    </section>
  );
}
