import { useState } from 'react';
import { InstallDialog } from './install-dialog.tsx';
import { StateMark } from './state-mark.tsx';
import type { Device } from './wire.ts';
import { certaintyWords, reasonWords } from './words/en.ts';

/** A device that no connector uses: what it looks like, why, and the way to install it. */
export function DeviceCard({ device, say }: { readonly device: Device; readonly say: (text: string) => void }) {
  const [installing, setInstalling] = useState(false);
  const { descriptor, recognition } = device;
  const name = [descriptor.manufacturer, descriptor.product].filter(Boolean).join(' ') || 'Serial port';

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
      {device.present && (
        <div className="row">
          <button
            type="button"
            className={recognition.listing === null ? '' : 'primary'}
            onClick={() => setInstalling(true)}
          >
            Install…
          </button>
        </div>
      )}
      {installing && <InstallDialog device={device} deviceName={name} onClose={() => setInstalling(false)} say={say} />}
    </li>
  );
}
