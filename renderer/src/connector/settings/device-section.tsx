import { type FormEvent, useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { Link } from '../../frame/router.tsx';
import { type RequestError, request } from '../../live/request.ts';
import { noteEvent, useLive } from '../../live/store.ts';
import { type Connector, connectorSchema, type Device, type Listing } from '../../live/wire.ts';
import { deviceName } from '../../parts/device-name.ts';
import { Problem, toRequestError } from '../../parts/problem.tsx';
import { useWords } from '../../words/language.ts';

/** Which device the connector stands on, and the way to another one: after a replacement, or when two were told apart. */
export function DeviceSection({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const listing = useLive((state) => state.listings.get(connector.listing));
  const devices = useLive((state) => state.devices);
  const [chosen, setChosen] = useState('');
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  if (listing === undefined || listing.kind !== 'hardware') return null;
  const free = freeFor(listing, devices.values());
  const { device, health, id } = connector;
  const doubtful = health.reason === 'ambiguous_device' || health.reason === 'wrong_device';
  const move = async (event: FormEvent) => {
    event.preventDefault();
    setBusy(true);
    setProblem(null);
    try {
      const changed = await request('PATCH', `/v1/connectors/${id}`, connectorSchema, {
        // The address on a bus comes with the device that has one.
        body: { config: { device: chosen, unit: null } },
      });
      setChosen('');
      noteEvent({ type: 'connector', connector: changed });
      announce(t('connectorSettings.moved', { name: changed.name }));
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <section className="card" aria-labelledby="connector-device">
      <h2 id="connector-device">{t('connectorSettings.device')}</h2>
      {device === null ? (
        <p>{t('connectorSettings.noDevice')}</p>
      ) : (
        <p>
          <Link to={{ at: 'device', deviceId: device.id, installing: false }}>{deviceName(device)}</Link>{' '}
          <code className="muted">{device.path}</code>
        </p>
      )}
      {doubtful && <p className="note attention">{t('connectorSettings.doubtful')}</p>}
      {free.length === 0 ? (
        <p className="muted">{t('connectorSettings.noneFree')}</p>
      ) : (
        <form className="settings-form narrow" onSubmit={move}>
          <div className="field">
            <label htmlFor="other-device">{t('connectorSettings.otherDevice')}</label>
            <p className="muted" id="other-device-body">
              {t('connectorSettings.otherDeviceBody')}
            </p>
            <select
              id="other-device"
              aria-describedby="other-device-body"
              value={chosen}
              onChange={(event) => setChosen(event.target.value)}
            >
              <option value="">{t('parts.choose')}</option>
              {free.map((each) => (
                <option key={each.id} value={each.id}>
                  {[deviceName(each), each.descriptor.serial_number, each.descriptor.topology ?? each.path]
                    .filter((part, index, all) => part !== null && all.indexOf(part) === index)
                    .join(' · ')}
                </option>
              ))}
            </select>
          </div>
          {problem !== null && <Problem error={problem} takesFocus />}
          <button type="submit" disabled={busy || chosen === ''}>
            {t(busy ? 'connectorSettings.moving' : 'connectorSettings.move')}
          </button>
        </form>
      )}
    </section>
  );
}

/** The present devices that nobody uses and that this listing can talk to, the likeliest first. */
function freeFor(listing: Listing, devices: Iterable<Device>): readonly Device[] {
  const likely = ({ recognition }: Device) => (recognition.listing === listing.id ? 0 : 1);
  return [...devices]
    .filter(
      ({ present, owner, bus, unit }) =>
        present && owner === null && listing.links.includes(bus) && (unit !== null) === listing.bus,
    )
    .sort((left, right) => likely(left) - likely(right));
}
