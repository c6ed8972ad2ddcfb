import { useState } from 'react';
import { Approvals } from './approvals.tsx';
import { ConnectorCard } from './connector-card.tsx';
import { DeviceCard } from './device-card.tsx';
import { type LiveState, sortConnectors, verdict } from './live-state.ts';
import { useNow } from './live-value.tsx';
import { useScannerGuard } from './scanner-guard.ts';
import { useAgent, useLiveState } from './use-agent.ts';

function unusedDevices(state: LiveState) {
  const used = new Set([...state.connectors.values()].map((connector) => connector.device?.id));
  const parents = new Set([...state.devices.values()].map((device) => device.parent));
  // A port whose bus units are devices of their own is offered through them.
  return [...state.devices.values()].filter(
    (device) => device.present && !used.has(device.id) && !parents.has(device.id),
  );
}

/** Home: everything on this machine, what needs a person first. */
export function Home() {
  useAgent();
  useScannerGuard();
  const state = useLiveState();
  const now = useNow();
  const [spoken, say] = useState('');
  const [urgent, sayAtOnce] = useState('');

  if (state.link === 'signed_out') return <SignedOut />;
  const connectors = sortConnectors(state.connectors.values());
  const devices = unusedDevices(state);
  return (
    <>
      <header className="bar">
        <div>
          <h1>Fibric Edge</h1>
          <p className="verdict" data-verdict>
            {state.link === 'connecting' ? 'Connecting…' : verdict(state.connectors.values(), state.approvals.values())}
          </p>
        </div>
        {state.link === 'lost' && (
          <p className="lost" role="alert">
            <span className="row" style={{ padding: '8px 24px' }}>
              The agent on this computer can't be heard. What is shown is old; this page tries again by itself.
            </span>
          </p>
        )}
      </header>
      <main>
        <Approvals approvals={[...state.approvals.values()]} pinSet={state.pinSet} now={now} say={sayAtOnce} />
        {state.link !== 'connecting' && connectors.length === 0 && devices.length === 0 && <EmptyHome />}
        {devices.length > 0 && (
          <section aria-labelledby="new">
            <h2 id="new">New</h2>
            <ul className="cards">
              {devices.map((device) => (
                <DeviceCard key={device.id} device={device} say={say} />
              ))}
            </ul>
          </section>
        )}
        {connectors.length > 0 && (
          <section aria-labelledby="connectors">
            <h2 id="connectors">Connectors</h2>
            <ul className="cards">
              {connectors.map((connector) => (
                <ConnectorCard
                  key={connector.id}
                  connector={connector}
                  readings={[...(state.readings.get(connector.id)?.values() ?? [])]}
                  now={now}
                  say={say}
                />
              ))}
            </ul>
          </section>
        )}
      </main>
      <div className="visually-hidden" aria-live="polite">
        {spoken}
      </div>
      <div className="visually-hidden" aria-live="assertive">
        {urgent}
      </div>
    </>
  );
}

function EmptyHome() {
  return (
    <div className="empty">
      <h3>Plug in a device</h3>
      <p>It shows up here by itself, usually within a second: scales, relay boards, sensors.</p>
      <p>Nothing after 10 seconds?</p>
      <ol>
        <li>Is it switched on?</li>
        <li>Another cable (some only charge)</li>
        <li>Another socket, no hub</li>
        <li>
          See what this computer sees: <code>fibric-edge doctor</code>
        </li>
      </ol>
    </div>
  );
}

function SignedOut() {
  return (
    <main>
      <div className="empty">
        <h1>Signed out</h1>
        <p>This page opens from this computer only. Run the command below, and it signs you in.</p>
        <p>
          <code>fibric-edge open</code>
        </p>
      </div>
    </main>
  );
}
