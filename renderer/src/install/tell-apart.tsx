import { useEffect, useRef, useState } from 'react';
import { announce } from '../frame/announcer.ts';
import { Link } from '../frame/router.tsx';
import { readings } from '../live/readings.ts';
import { useRepeatedRead } from '../live/repeated-read.ts';
import type { Device } from '../live/wire.ts';
import { deviceName } from '../parts/device-name.ts';
import { LiveFacts } from '../parts/live-facts.tsx';
import { useWords } from '../words/language.ts';

/** How long a device that was touched stays marked, in milliseconds. */
const MARK_MS = 8_000;

/**
 * Tells devices that look the same apart by the real world: the one whose value moves, that is scanned with or pressed, or
 * that is unplugged for a moment, is the one a person means. Nothing is sent but reads, and those only to devices that
 * have a connector.
 */
export function TellApart({ devices }: { readonly devices: readonly Device[] }) {
  const { t } = useWords();
  const named = devices.filter(({ identity }) => identity.confidence === 'protocol_serial').length;
  return (
    <section className="card tell-apart" aria-labelledby="tell-apart">
      <h2 id="tell-apart">{t('install.apartTitle')}</h2>
      <p>{t(named > 0 ? 'install.apartKnown' : 'install.apartBody')}</p>
      <ol>
        <li>{t('install.apartUnplug')}</li>
        <li>{t('install.apartUse')}</li>
      </ol>
      <ul className="twins">
        {devices.map((device, index) => (
          <Twin key={device.id} device={device} letter={String.fromCharCode(65 + index)} />
        ))}
      </ul>
      {named < devices.length && <p className="muted">{t('install.apartSocket')}</p>}
    </section>
  );
}

function Twin({ device, letter }: { readonly device: Device; readonly letter: string }) {
  const { t } = useWords();
  const connectorId = device.owner?.type === 'connector' ? device.owner.id : null;
  const [touched, setTouched] = useState<'unplugged' | 'moved' | null>(null);
  const present = useRef(device.present);
  useRepeatedRead(connectorId);

  useEffect(() => {
    if (present.current && !device.present) setTouched('unplugged');
    present.current = device.present;
  }, [device.present]);
  useEffect(() => {
    if (connectorId === null) return;
    const before = new Map<string, string>();
    return readings.watch(connectorId, 250, ({ tool, value }) => {
      const text = JSON.stringify(value, (key, inner: unknown) =>
        key === 'at' || key === 'stable' ? undefined : inner,
      );
      if (before.has(tool) && before.get(tool) !== text) setTouched('moved');
      before.set(tool, text);
    });
  }, [connectorId]);
  useEffect(() => {
    if (touched === null) return;
    announce(t(touched === 'moved' ? 'install.moved' : 'install.unplugged', { letter }));
    const timer = setTimeout(() => setTouched(null), MARK_MS);
    return () => clearTimeout(timer);
  }, [touched, letter, t]);

  return (
    <li className={touched === null ? 'twin' : 'twin touched'} data-twin={device.id} data-touched={touched ?? 'no'}>
      <span className="letter">{letter}</span>
      <div>
        <strong>{device.owner?.type === 'connector' ? device.owner.name : deviceName(device)}</strong>
        <p className="muted">
          <code>{device.descriptor.topology ?? device.path}</code>
        </p>
        {connectorId !== null && <LiveFacts connectorId={connectorId} size="row" inError={!device.present} />}
        {touched !== null && (
          <p className="touched-word">{t(touched === 'moved' ? 'install.moved' : 'install.unplugged', { letter })}</p>
        )}
      </div>
      {connectorId === null ? (
        <Link to={{ at: 'device', deviceId: device.id, installing: true }} sheet className="button">
          {t('install.thisOne', { letter })}
        </Link>
      ) : (
        <Link to={{ at: 'connector', connectorId, tab: 'settings' }} className="button">
          {t('install.nameIt', { letter })}
        </Link>
      )}
    </li>
  );
}
