import { connectorWords } from '../../parts/connector-words.ts';
import { Problem } from '../../parts/problem.tsx';
import { StateLine } from '../../parts/state-line.tsx';
import { SimulatedTag } from '../../parts/tags.tsx';
import type { Fetched } from '../../parts/use-fetched.ts';
import { useWords } from '../../words/language.ts';
import { deviceLooks, healthLooks, machineLooks } from '../../words/states.table.ts';
import { useHub, useMay } from '../live.ts';
import { MayNot } from '../may-not.tsx';
import { useAnswer } from '../use-answer.ts';
import { type Connector, connectorListSchema, type Device, deviceListSchema, type Machine } from '../wire.ts';

/** What a machine has: its connectors with their state, and its devices. */
export function MachineItems({ machine }: { readonly machine: Machine }) {
  const { t } = useWords();
  const items = useHub((state) => state.items);
  const may = useMay('connectors:read');
  const path = may ? `/v1/agents/${encodeURIComponent(machine.id)}` : null;
  // What is shown of a connector changes with the link of its machine, too.
  const reason = items * 2 + (machine.state === 'linked' ? 1 : 0);
  const { fetched: connectors } = useAnswer(path && `${path}/connectors`, connectorListSchema, reason);
  const { fetched: devices } = useAnswer(path && `${path}/devices`, deviceListSchema, reason);
  if (!may) return <MayNot scope="connectors:read" look />;
  return (
    <>
      <section className="items" aria-labelledby="connectors-title">
        <h2 id="connectors-title">{t('hub.connectorsTitle')}</h2>
        {machine.state === 'offline' && <p className="note">{t('hub.offlineConnectors')}</p>}
        <Items fetched={connectors} none={t('hub.noConnectors')}>
          {(connector) => <ConnectorRow key={connector.id} connector={connector} />}
        </Items>
      </section>
      <section className="items" aria-labelledby="devices-title">
        <h2 id="devices-title">{t('hub.devicesTitle')}</h2>
        <Items fetched={devices} none={t('hub.noDevices')}>
          {(device) => <DeviceRow key={device.id} device={device} known={machine.state === 'linked'} />}
        </Items>
      </section>
    </>
  );
}

function Items<Item>({
  fetched,
  none,
  children,
}: {
  readonly fetched: Fetched<{ readonly data: readonly Item[] }>;
  readonly none: string;
  readonly children: (item: Item) => React.ReactNode;
}) {
  const { t } = useWords();
  if (fetched.state === 'loading') return <p className="muted">{t('hub.loading')}</p>;
  if (fetched.state === 'failed') return <Problem error={fetched.error} />;
  const { data } = fetched.value;
  return data.length === 0 ? <p className="muted">{none}</p> : <ul className="rows">{data.map(children)}</ul>;
}

function ConnectorRow({ connector }: { readonly connector: Connector }) {
  const words = useWords();
  const lost = useHub((state) => state.link === 'lost');
  const { name, listing, simulated } = connector;
  const { look, word, next } = connectorWords(words, connector);
  return (
    <li className="row" data-connector={name}>
      <div className="row-main">
        <div className="row-name">
          <strong>{name}</strong>
          <span className="muted">{listing}</span>
          {simulated && <SimulatedTag />}
        </div>
        {lost ? (
          <StateLine look={machineLooks.offline} word={words.t('hub.notKnownNow')} />
        ) : (
          <StateLine look={look} word={word}>
            {next !== null && <span className="muted">{` · ${next}`}</span>}
          </StateLine>
        )}
      </div>
    </li>
  );
}

function DeviceRow({ device, known }: { readonly device: Device; readonly known: boolean }) {
  const { t } = useWords();
  const lost = useHub((state) => state.link === 'lost');
  const { descriptor, path, present, owner, simulated, id } = device;
  const name = [descriptor.manufacturer, descriptor.product].filter(Boolean).join(' ') || path;
  return (
    <li className="row" data-device={id}>
      <div className="row-main">
        <div className="row-name">
          <strong>{name}</strong>
          {name !== path && <code className="muted">{path}</code>}
          {simulated && <SimulatedTag />}
        </div>
        {known && !lost ? (
          <StateLine
            look={present ? healthLooks.ok : deviceLooks.absent}
            word={t(present ? 'hub.present' : 'hub.absent')}
          >
            {owner !== null && <span className="muted">{` · ${t('hub.usedBy', { name: owner.name })}`}</span>}
          </StateLine>
        ) : (
          <StateLine look={machineLooks.offline} word={t('hub.notKnownNow')} />
        )}
      </div>
    </li>
  );
}
