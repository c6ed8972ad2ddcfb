import { useState } from 'react';
import { RequestError, request } from './api.ts';
import { StateMark } from './state-mark.tsx';
import type { Device } from './wire.ts';
import { certaintyWords, reasonWords } from './words/en.ts';

/** A device that no connector uses: what it looks like, why, and the way to install it. */
export function DeviceCard({ device, say }: { readonly device: Device; readonly say: (text: string) => void }) {
  const [problem, setProblem] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const { descriptor, recognition } = device;
  const name = [descriptor.manufacturer, descriptor.product].filter(Boolean).join(' ') || 'Serial port';

  const install = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await request('POST', '/v1/connectors', {
        listing: recognition.listing,
        auth: { type: 'none' },
        config: { device: device.id },
      });
      say(`${name} is installed.`);
    } catch (error) {
      setProblem(
        error instanceof RequestError
          ? [error.message, error.hint].filter(Boolean).join(' ')
          : 'The agent did not answer.',
      );
    }
    setBusy(false);
  };

  return (
    <li className={device.simulated ? 'card simulated' : 'card'} data-device={device.id}>
      <div className="row spread">
        <h3>
          {name}
          {device.unit !== null && `, unit ${device.unit}`}
        </h3>
        {device.simulated && <span className="tag">SIM · simulated</span>}
      </div>
      <div className="state">
        <StateMark shape="plus" tone="accent" />
        <div>
          {recognition.shared_adapter ? (
            <p>Adapter: the device behind it is unknown. Many devices use this chip.</p>
          ) : (
            <p>
              {recognition.listing === null ? 'Not recognised' : `Looks like ${recognition.listing}`} (
              {certaintyWords[recognition.certainty]})
            </p>
          )}
          <p className="muted">{recognition.reason}</p>
        </div>
      </div>
      {device.problem !== null && (
        <div className="problem">
          <p>
            {reasonWords[device.problem.reason]?.word ?? device.problem.reason}. {device.problem.message}
          </p>
          <p>{device.problem.hint}</p>
        </div>
      )}
      <p className="meta">
        <code>{device.path}</code>
      </p>
      {recognition.listing !== null && device.present && (
        <div className="row">
          <button type="button" className="primary" onClick={install} disabled={busy}>
            {busy ? 'Installing…' : 'Install'}
          </button>
        </div>
      )}
      {problem !== null && (
        <p className="problem" role="alert">
          {problem}
        </p>
      )}
    </li>
  );
}
