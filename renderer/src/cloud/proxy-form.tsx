import { type FormEvent, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { type RequestError, request } from '../live/request.ts';
import { type CloudNetwork, cloudNetworkSchema } from '../live/wire.ts';
import { Problem, toRequestError } from '../parts/problem.tsx';
import { useWords } from '../words/language.ts';

/** The proxy, and who this machine is there. The password goes to the agent and never comes back. */
export function ProxyForm({
  network: { proxy, exceptions },
  onChanged,
}: {
  readonly network: CloudNetwork;
  readonly onChanged: () => void;
}) {
  const { t } = useWords();
  const fixed = proxy?.from === 'configuration';
  const [url, setUrl] = useState(proxy?.url ?? '');
  const [username, setUsername] = useState(proxy?.username ?? '');
  const [password, setPassword] = useState('');
  const [except, setExcept] = useState(exceptions.join(', '));
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);

  const attempt = async (act: () => Promise<unknown>, said: string) => {
    setBusy(true);
    setProblem(null);
    try {
      await act();
      setPassword('');
      announce(said);
      onChanged();
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  const save = (event: FormEvent) => {
    event.preventDefault();
    const body = {
      ...(fixed ? {} : { url: url.trim(), exceptions: except.split(/[\s,]+/).filter((entry) => entry !== '') }),
      username: username.trim() === '' ? null : username.trim(),
      ...(password === '' ? {} : { password }),
    };
    void attempt(() => request('PUT', '/v1/cloud/proxy', cloudNetworkSchema, { body }), t('network.saved'));
  };
  const forget = () => attempt(() => request('DELETE', '/v1/cloud/proxy', cloudNetworkSchema), t('network.forgotten'));

  return (
    <form className="cloud-form" onSubmit={save}>
      {fixed && <p className="muted">{t('network.fixed')}</p>}
      <div className="field">
        <label htmlFor="network-proxy">{t('network.proxy')}</label>
        <input
          id="network-proxy"
          type="text"
          required
          disabled={fixed}
          maxLength={300}
          placeholder="http://proxy.example:3128"
          value={url}
          onChange={(event) => setUrl(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="network-user">{t('network.userLabel')}</label>
        <input
          id="network-user"
          type="text"
          autoComplete="off"
          maxLength={255}
          value={username}
          onChange={(event) => setUsername(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="network-password">
          {t(proxy?.has_password === true ? 'network.newPassword' : 'network.password')}
        </label>
        <input
          id="network-password"
          type="password"
          autoComplete="new-password"
          maxLength={1_024}
          value={password}
          onChange={(event) => setPassword(event.target.value)}
        />
      </div>
      <div className="field">
        <label htmlFor="network-except">{t('network.exceptLabel')}</label>
        <input
          id="network-except"
          type="text"
          disabled={fixed}
          placeholder="intranet.example, 10.0.0.0/8"
          value={except}
          onChange={(event) => setExcept(event.target.value)}
        />
      </div>
      {problem !== null && <Problem error={problem} takesFocus />}
      <div className="actions">
        <button type="submit" className="primary" disabled={busy}>
          {t(busy ? 'network.saving' : 'network.save')}
        </button>
        {proxy !== null && (proxy.from === 'settings' || proxy.has_password) && (
          <button type="button" disabled={busy} onClick={forget}>
            {t('network.forget')}
          </button>
        )}
      </div>
    </form>
  );
}
