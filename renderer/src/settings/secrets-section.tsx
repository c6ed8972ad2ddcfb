import { useLive } from '../live/store.ts';
import { AgentText } from '../parts/agent-text.tsx';
import { StateLine } from '../parts/state-line.tsx';
import { useWords } from '../words/language.ts';
import { machineLooks } from '../words/states.table.ts';

/** Where secrets rest, how well that protects them in plain words, and whether they can be reached now. */
export function SecretsSection() {
  const { t, find } = useWords();
  const agent = useLive((state) => state.agent);
  if (agent === null) return <p className="muted">{t('frame.loading')}</p>;
  const { provider, description, available, hint } = agent.vault;
  const key = provider.replaceAll('-', '_');
  return (
    <div className="form">
      <section className="setting">
        <h2>{find('vaults', key) ?? provider}</h2>
        <p>{find('vaults', `${key}_body`) ?? <AgentText>{description}</AgentText>}</p>
        <StateLine
          look={available ? machineLooks.ok : machineLooks.error}
          word={available ? t('settings.vaultOpen') : t('settings.vaultLocked')}
        />
        {hint !== null && (
          <p>
            <AgentText>{hint}</AgentText>
          </p>
        )}
      </section>
      <section className="setting">
        <h2>{t('settings.better')}</h2>
        <p>{t('settings.betterBody')}</p>
        <p className="muted">
          {t('settings.inConfiguration')} <code>vault.provider</code>
        </p>
      </section>
    </div>
  );
}
