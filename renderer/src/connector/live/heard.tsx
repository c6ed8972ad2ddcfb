import { useEffect } from 'react';
import { agentNow } from '../../live/clock.ts';
import { factsOf } from '../../live/facts.ts';
import { watchEvents } from '../../live/follow.ts';
import { useLive } from '../../live/store.ts';
import { type Device, pastReadingListSchema } from '../../live/wire.ts';
import { deviceName } from '../../parts/device-name.ts';
import { useFetched } from '../../parts/use-fetched.ts';
import { useWords } from '../../words/language.ts';
import { displayClock } from '../../words/times.ts';

const ROWS = 10;

/** The last things that a connector's device sent by itself; of another device than the present one it is said whose. */
export function Heard({
  connectorId,
  tool,
  device,
}: {
  readonly connectorId: string;
  readonly tool: string;
  readonly device: Device | null;
}) {
  const { t, locale } = useWords();
  const devices = useLive((state) => state.devices);
  const { fetched, again } = useFetched(
    `/v1/connectors/${connectorId}/readings/history?tool=${encodeURIComponent(tool)}&limit=${ROWS}`,
    pastReadingListSchema,
  );
  // Of many that come at once only the last is told as a reading.
  useEffect(
    () =>
      watchEvents(
        (event) =>
          event.type === 'reading' &&
          event.reading.connector_id === connectorId &&
          event.reading.tool === tool &&
          again(),
      ),
    [again, connectorId, tool],
  );
  if (fetched.state !== 'there') return null;
  const rows = fetched.value.data;
  const whose = (deviceId: string | null) => {
    if (deviceId === null) return t('connector.heardFromUnknown');
    if (deviceId === device?.id) return null;
    const other = devices.get(deviceId);
    return t('connector.heardFrom', { device: other === undefined ? deviceId : `${deviceName(other)} (${deviceId})` });
  };
  return (
    <section className="card" aria-labelledby="heard">
      <h2 id="heard">{t('connector.heard')}</h2>
      {rows.length === 0 && <p className="muted">{t('connector.nothingHeard')}</p>}
      <ul className="rows" hidden={rows.length === 0}>
        {rows.map(({ at, device_id, value }, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: two codes may come in one millisecond
          <li key={`${at} ${index}`} className="row" data-device={device_id ?? 'unknown'}>
            <div className="row-main">
              <span className="muted">{displayClock(at, locale, agentNow())}</span>
              <span>{factsOf({ tool, value }).flatMap((fact) => (fact.kind === 'text' ? [fact.value] : []))}</span>
              <span className="muted">{whose(device_id)}</span>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}
