import type { FibricCloud } from '../live/wire.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

/** Fibric's own API as the cloud: which, with what key, and how each connector stands there. */
export function FibricCard({ fibric }: { readonly fibric: FibricCloud }) {
  const { t } = useWords();
  const { key, error, connectors } = fibric;
  const registered = connectors.filter(({ state }) => state === 'registered').length;
  const isWell = key !== null && error === null && connectors.every((one) => one.error === null);
  return (
    <section className="card" aria-labelledby="fibric-title">
      <h2 id="fibric-title">{t('cloud.fibric')}</h2>
      <StateLine
        look={isWell ? machineLooks.ok : machineLooks.attention}
        word={t('cloud.registered', { count: registered, total: connectors.length })}
      />
      {error !== null && (
        <p>
          <AgentText>{error.message}</AgentText>
        </p>
      )}
      <dl className="facts">
        <dt>{t('cloud.address')}</dt>
        <dd>
          <code>{fibric.base_url}</code>
        </dd>
        <dt>{t('cloud.fibricKey')}</dt>
        <dd>
          {key === null ? (
            <>
              {t('cloud.noKey')} <code>fibric-edge cloud fibric set-key</code>
            </>
          ) : (
            `${key.hint} (${t(key.mode === 'test' ? 'cloud.modeTest' : 'cloud.modeLive')})`
          )}
        </dd>
        {connectors.map((one) => (
          <div key={one.connector_id} className="contents">
            <dt>{one.name}</dt>
            <dd>
              {t(`cloud.registration_${one.state}`)}
              {one.error !== null && (
                <>
                  {' '}
                  <AgentText>{one.error.message}</AgentText>
                </>
              )}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
