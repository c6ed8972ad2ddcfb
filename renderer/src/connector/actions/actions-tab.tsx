import { type Connector, policySchema } from '../../live/wire.ts';
import { Empty } from '../../parts/empty.tsx';
import { Problem } from '../../parts/problem.tsx';
import { useFetched } from '../../parts/use-fetched.ts';
import { useWords } from '../../words/language.ts';
import { ToolCard } from './tool-card.tsx';
import { useTools } from './use-tools.ts';

/** What the connector can do, to be tried by hand: the same way that any program takes. */
export function ActionsTab({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const tools = useTools(connector.id);
  const { fetched: policy } = useFetched(`/v1/connectors/${connector.id}/policy`, policySchema);
  if (tools.state === 'loading') return <p className="muted">{t('frame.loading')}</p>;
  if (tools.state === 'failed') return <Problem error={tools.error} />;
  const groups = [
    { title: t('actions.reads'), body: t('actions.readsBody'), tools: tools.value.filter((tool) => !tool.side_effect) },
    { title: t('actions.acts'), body: t('actions.actsBody'), tools: tools.value.filter((tool) => tool.side_effect) },
  ].filter((group) => group.tools.length > 0);
  if (groups.length === 0) return <Empty title={t('actions.none')} />;
  return groups.map((group) => (
    <section key={group.title} className="tool-group">
      <h2>{group.title}</h2>
      <p className="muted">{group.body}</p>
      {group.tools.map((tool) => (
        <ToolCard
          key={tool.name}
          connector={connector}
          tool={tool}
          policy={policy.state === 'there' ? policy.value : null}
        />
      ))}
    </section>
  ));
}
