import { type ChangeEvent, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { type RequestError, request } from '../live/request.ts';
import { type CloudNetwork, cloudNetworkSchema } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { useFetched } from '../parts/use-fetched.ts';
import { useWords } from '../words/language.ts';
import { displayDay } from '../words/times.ts';
import { ProxyForm } from './proxy-form.tsx';
import { WayCheck } from './way-check.tsx';

/** The way out of this machine's network: proxy, trusted authorities, and whether the way is open. `origin`: its cloud, if it has one. */
export function NetworkCard({ origin }: { readonly origin: string | null }) {
  const { t } = useWords();
  const { fetched, again } = useFetched('/v1/cloud/network', cloudNetworkSchema);
  if (fetched.state === 'loading') return null;
  return (
    <section className="card" aria-labelledby="network-title">
      <h2 id="network-title">{t('network.title')}</h2>
      {fetched.state === 'failed' ? (
        <Problem error={fetched.error} />
      ) : (
        <>
          <Facts network={fetched.value} />
          <details>
            <summary>{t('network.change')}</summary>
            <ProxyForm key={JSON.stringify(fetched.value)} network={fetched.value} onChanged={again} />
          </details>
          <Authorities network={fetched.value} onChanged={again} />
          <WayCheck origin={origin} />
        </>
      )}
    </section>
  );
}

function Facts({ network: { proxy, exceptions } }: { readonly network: CloudNetwork }) {
  const { t } = useWords();
  if (proxy === null) return <p>{t('network.direct')}</p>;
  const { url, from, username, has_password: hasPassword, problem } = proxy;
  return (
    <dl className="facts">
      <dt>{t('network.proxy')}</dt>
      <dd>
        <code>{url}</code> <span className="muted">{t(`network.from_${from}`)}</span>
      </dd>
      <dt>{t('network.user')}</dt>
      <dd>
        {problem !== null ? (
          <AgentText>{problem}</AgentText>
        ) : hasPassword ? (
          `${username ?? ''} · ${t('network.passwordKept')}`
        ) : (
          t('network.noUser')
        )}
      </dd>
      <dt>{t('network.exceptions')}</dt>
      <dd>{[t('network.itself'), ...exceptions].join(', ')}</dd>
    </dl>
  );
}

/** Certificates are no secrets: the file is read here, and its text is sent. */
function Authorities({
  network: { authorities, authorities_set: areSet, ca_problem: fault },
  onChanged,
}: {
  readonly network: CloudNetwork;
  readonly onChanged: () => void;
}) {
  const { t, locale } = useWords();
  const [problem, setProblem] = useState<RequestError | null>(null);
  const attempt = async (act: () => Promise<unknown>, said: string) => {
    setProblem(null);
    try {
      await act();
      announce(said);
      onChanged();
    } catch (error) {
      setProblem(toRequestError(error));
    }
  };
  const add = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const file = currentTarget.files?.[0];
    if (file === undefined) return;
    void attempt(async () => {
      const pem = await file.text();
      currentTarget.value = '';
      await request('PUT', '/v1/cloud/authorities', cloudNetworkSchema, { body: { pem } });
    }, t('network.authoritiesSaved'));
  };
  const remove = () =>
    attempt(() => request('DELETE', '/v1/cloud/authorities', cloudNetworkSchema), t('network.authoritiesGone'));
  return (
    <>
      <h3>{t('network.authorities')}</h3>
      <p className="muted">{t('network.authoritiesBody')}</p>
      {fault !== null && (
        <p>
          <AgentText>{fault}</AgentText>
        </p>
      )}
      {authorities.length > 0 && (
        <ul>
          {authorities.map(({ fingerprint, subject, valid_to: validTo }) => (
            <li key={fingerprint}>
              {subject} <span className="muted">{t('network.goodUntil', { at: displayDay(validTo, locale) })}</span>
            </li>
          ))}
        </ul>
      )}
      {problem !== null && <Problem error={problem} takesFocus />}
      <div className="field">
        <label htmlFor="network-ca">{t(areSet ? 'network.replaceFile' : 'network.chooseFile')}</label>
        <input id="network-ca" type="file" accept=".pem,.crt,.cer" onChange={add} />
      </div>
      {areSet && (
        <div className="actions">
          <button type="button" onClick={remove}>
            {t('network.forgetAuthorities')}
          </button>
        </div>
      )}
    </>
  );
}
