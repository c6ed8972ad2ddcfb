import { useId, useState } from 'react';
import { announce } from '../../frame/announcer.ts';
import { type RequestError, request } from '../../live/request.ts';
import { type Connector, type Policy, policySchema, type Tool } from '../../live/wire.ts';
import { Problem, toRequestError } from '../../parts/problem.tsx';
import { Question } from '../../parts/question.tsx';
import { useFetched } from '../../parts/use-fetched.ts';
import { useWords } from '../../words/language.ts';
import { useTools } from '../actions/use-tools.ts';
import { type Decision, decisionOf, newlyAllowed, withBound, withDecision, withInterval } from './policy-draft.ts';

/** What programs may do with the connector, in plain words. */
export function PolicySection({ connector }: { readonly connector: Connector }) {
  const { t } = useWords();
  const path = `/v1/connectors/${connector.id}/policy`;
  const { fetched, again } = useFetched(path, policySchema);
  const tools = useTools(connector.id);
  const acting = tools.state === 'there' ? tools.value.filter((tool) => tool.side_effect) : [];
  if (tools.state === 'there' && acting.length === 0) return null;
  return (
    <section className="card" aria-labelledby="policy-title">
      <h2 id="policy-title">{t('connectorSettings.policy')}</h2>
      <p className="muted">{t('connectorSettings.policyBody')}</p>
      {fetched.state === 'loading' && <p className="muted">{t('frame.loading')}</p>}
      {fetched.state === 'failed' && <Problem error={fetched.error} />}
      {fetched.state === 'there' && (
        <PolicyForm
          key={JSON.stringify(fetched.value)}
          path={path}
          policy={fetched.value}
          tools={acting}
          onSaved={again}
        />
      )}
    </section>
  );
}

function PolicyForm({
  path,
  policy,
  tools,
  onSaved,
}: {
  readonly path: string;
  readonly policy: Policy;
  readonly tools: readonly Tool[];
  readonly onSaved: () => void;
}) {
  const { t } = useWords();
  const [draft, setDraft] = useState(policy);
  const [asking, setAsking] = useState(false);
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<RequestError | null>(null);
  const fresh = newlyAllowed(
    policy,
    draft,
    tools.map(({ name }) => name),
  );
  const put = async () => {
    await request('PUT', path, policySchema, { body: draft });
    announce(t('connectorSettings.saved'));
    onSaved();
  };
  const save = async () => {
    setBusy(true);
    setProblem(null);
    try {
      await put();
    } catch (error) {
      setProblem(toRequestError(error));
    } finally {
      setBusy(false);
    }
  };
  return (
    <form
      className="settings-form narrow"
      onSubmit={(event) => {
        event.preventDefault();
        if (fresh.length > 0) setAsking(true);
        else void save();
      }}
    >
      <Choice
        label={t('connectorSettings.everything')}
        value={draft.default}
        onChange={(decision) => decision !== 'as' && setDraft({ ...draft, default: decision })}
      />
      {tools.map((tool) => (
        <ToolPolicy key={tool.name} tool={tool} policy={draft} onChange={setDraft} />
      ))}
      {problem !== null && <Problem error={problem} takesFocus />}
      <button type="submit" className="primary" disabled={busy || JSON.stringify(draft) === JSON.stringify(policy)}>
        {t(busy ? 'connectorSettings.saving' : 'connectorSettings.save')}
      </button>
      {asking && (
        <Question
          title={t('connectorSettings.allowTitle')}
          safe={t('connectorSettings.keepAsking')}
          act={t('connectorSettings.allowNow')}
          running={t('connectorSettings.saving')}
          onAct={put}
          onClose={() => setAsking(false)}
        >
          <p>{t('connectorSettings.allowBody', { tools: fresh.join(', ') })}</p>
        </Question>
      )}
    </form>
  );
}

function ToolPolicy({
  tool,
  policy,
  onChange,
}: {
  readonly tool: Tool;
  readonly policy: Policy;
  readonly onChange: (policy: Policy) => void;
}) {
  const { t } = useWords();
  const { name, boundable } = tool;
  const rule = policy.tools[name];
  return (
    <fieldset data-policy={name}>
      <legend>
        <span lang="en">{tool.title}</span> <code className="muted">{name}</code>
      </legend>
      <Choice
        label={t('connectorSettings.policy')}
        hidden
        mayFollow
        value={decisionOf(policy, name)}
        onChange={(decision) => onChange(withDecision(policy, name, decision))}
      />
      {boundable.map((argument) => (
        <fieldset key={argument} className="bounds">
          <legend>
            <code>{argument}</code>
          </legend>
          <NumberField
            label={t('connectorSettings.from')}
            value={rule?.bounds?.[argument]?.min_value}
            onChange={(value) => onChange(withBound(policy, name, argument, 'min_value', value))}
          />
          <NumberField
            label={t('connectorSettings.to')}
            value={rule?.bounds?.[argument]?.max_value}
            onChange={(value) => onChange(withBound(policy, name, argument, 'max_value', value))}
          />
        </fieldset>
      ))}
      <NumberField
        label={t('connectorSettings.atLeast')}
        value={rule?.min_interval_ms}
        minimum={0}
        onChange={(value) => onChange(withInterval(policy, name, value))}
      />
    </fieldset>
  );
}

const decisions: readonly Decision[] = ['as', 'deny', 'confirm', 'allow'];

function Choice({
  label,
  hidden = false,
  mayFollow = false,
  value,
  onChange,
}: {
  readonly label: string;
  /** The label is for screen readers: a heading says it already. */
  readonly hidden?: boolean;
  readonly mayFollow?: boolean;
  readonly value: Decision;
  readonly onChange: (decision: Decision) => void;
}) {
  const { t } = useWords();
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id} className={hidden ? 'visually-hidden' : undefined}>
        {label}
      </label>
      <select
        id={id}
        value={value}
        onChange={(event) => {
          const chosen = decisions.find((decision) => decision === event.target.value);
          if (chosen !== undefined) onChange(chosen);
        }}
      >
        {decisions
          .filter((decision) => mayFollow || decision !== 'as')
          .map((decision) => (
            <option key={decision} value={decision}>
              {t(`connectorSettings.${decision}`)}
            </option>
          ))}
      </select>
    </div>
  );
}

function NumberField({
  label,
  value,
  minimum,
  onChange,
}: {
  readonly label: string;
  readonly value: number | undefined;
  readonly minimum?: number;
  readonly onChange: (value: number | null) => void;
}) {
  const id = useId();
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      <input
        id={id}
        type="number"
        step="any"
        min={minimum}
        value={value ?? ''}
        onChange={(event) => onChange(event.target.value === '' ? null : Number(event.target.value))}
      />
    </div>
  );
}
