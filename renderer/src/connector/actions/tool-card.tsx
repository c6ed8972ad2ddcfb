import { type ReactNode, useId, useRef, useState } from 'react';
import { Link } from '../../frame/router.tsx';
import { request } from '../../live/request.ts';
import { type Connector, type Policy, pictureSchema, type Tool } from '../../live/wire.ts';
import { AgentText } from '../../parts/agent-text.tsx';
import { Problem, toRequestError } from '../../parts/problem.tsx';
import { Question } from '../../parts/question.tsx';
import type { SchemaField } from '../../parts/schema-fields.ts';
import { useWords } from '../../words/language.ts';
import { argumentFields, argumentsOf } from './argument-fields.ts';
import { ArgumentInput } from './argument-input.tsx';
import { EffectLine } from './effect-line.tsx';
import { useCall } from './use-call.ts';

/** One tool with a form made of its schema. */
export function ToolCard({
  connector,
  tool,
  policy,
}: {
  readonly connector: Connector;
  readonly tool: Tool;
  /** Null as long as it is not known. */
  readonly policy: Policy | null;
}) {
  const { t } = useWords();
  const headingId = useId();
  const [fields] = useState(() => argumentFields(tool.input_schema, tool.test_arguments));
  const [given, setGiven] = useState<Readonly<Record<string, string>>>({});
  const [wrong, setWrong] = useState<readonly string[]>([]);
  const { called, call } = useCall(connector.id, tool.name);
  const running = called.state === 'running';

  /** Runs with what stands in the form, or marks what can't be sent. */
  const withArguments = (run: (args: Readonly<Record<string, unknown>>) => void) => {
    const filled = argumentsOf(fields, given);
    setWrong(filled.ok ? [] : filled.wrong);
    if (filled.ok) run(filled.arguments);
  };
  const form = <Fields fields={fields} given={given} wrong={wrong} onGiven={setGiven} />;

  return (
    <section className="card tool" aria-labelledby={headingId} data-tool={tool.name}>
      <h3 id={headingId}>
        <span lang="en">{tool.title}</span> <code className="muted">{tool.name}</code>
      </h3>
      <p className="muted">
        <AgentText>{tool.description}</AgentText>
      </p>
      {tool.side_effect ? (
        <Acting
          connector={connector}
          tool={tool}
          policy={policy}
          form={form}
          running={called.state === 'running' ? called.what : null}
          withArguments={withArguments}
          call={call}
        />
      ) : (
        <form
          className="narrow"
          onSubmit={(event) => {
            event.preventDefault();
            withArguments((args) => void call('read', args));
          }}
        >
          {fields.length > 0 && form}
          <button type="submit" disabled={running}>
            {t(running ? 'actions.reading' : 'actions.readNow')}
          </button>
        </form>
      )}
      {called.state === 'read' && (
        <pre className="code" role="status">
          {JSON.stringify(called.output, null, 2)}
        </pre>
      )}
      {called.state === 'effect' && <EffectLine effect={called.effect} />}
      {called.state === 'failed' && <Problem error={called.error} />}
    </section>
  );
}

function Fields({
  fields,
  given,
  wrong,
  onGiven,
}: {
  readonly fields: readonly SchemaField[];
  readonly given: Readonly<Record<string, string>>;
  readonly wrong: readonly string[];
  readonly onGiven: (given: Readonly<Record<string, string>>) => void;
}) {
  return fields.map((field) => (
    <ArgumentInput
      key={field.key}
      field={field}
      value={given[field.key] ?? field.initial}
      wrong={wrong.includes(field.key)}
      onChange={(value) => onGiven({ ...given, [field.key]: value })}
    />
  ));
}

/** A side effect: tried without acting first in the order of tabs, then asked about, then done once. */
function Acting({
  connector,
  tool,
  policy,
  form,
  running,
  withArguments,
  call,
}: {
  readonly connector: Connector;
  readonly tool: Tool;
  readonly policy: Policy | null;
  readonly form: ReactNode;
  readonly running: 'read' | 'dry_run' | 'act' | null;
  readonly withArguments: (run: (args: Readonly<Record<string, unknown>>) => void) => void;
  readonly call: (what: 'dry_run' | 'act', args: Readonly<Record<string, unknown>>, key?: string) => Promise<boolean>;
}) {
  const { t } = useWords();
  const [asked, setAsked] = useState<Readonly<Record<string, unknown>> | null>(null);
  // Asking again for what was never answered is the same action: with its key it is not done twice.
  const unanswered = useRef<{ readonly text: string; readonly key: string } | null>(null);
  const decision = policy === null ? null : (policy.tools[tool.name]?.decision ?? policy.default);
  return (
    <form className="narrow" onSubmit={(event) => event.preventDefault()}>
      {form}
      <div className="actions">
        <button
          type="button"
          title={t('actions.tryOutHint')}
          disabled={running !== null}
          onClick={() => withArguments((args) => void call('dry_run', args))}
        >
          {t(running === 'dry_run' ? 'actions.trying' : 'actions.tryOut')}
        </button>
        {tool.name.endsWith('.print') && (
          <PreviewButton connector={connector} tool={tool} withArguments={withArguments} />
        )}
        <button
          type="button"
          className="primary"
          disabled={running !== null || decision === 'deny'}
          onClick={() => withArguments(setAsked)}
        >
          {running === 'act' ? t('actions.acting') : t('actions.act', { tool: tool.title })}
        </button>
        {decision !== null && (
          <span className="muted">
            {t(policyKeys[decision])}{' '}
            <Link to={{ at: 'connector', connectorId: connector.id, tab: 'settings' }}>
              {t('actions.changePolicy')}
            </Link>
          </span>
        )}
      </div>
      {asked !== null && (
        <Question
          title={t('actions.actTitle', { tool: tool.title, name: connector.name })}
          safe={t('actions.notNow')}
          act={t('actions.actNow')}
          running={t('actions.acting')}
          onClose={() => setAsked(null)}
          onAct={async () => {
            const text = JSON.stringify(asked);
            const key = unanswered.current?.text === text ? unanswered.current.key : crypto.randomUUID();
            unanswered.current = { text, key };
            if (await call('act', asked, key)) unanswered.current = null;
          }}
        >
          <p>{t(decision === 'confirm' ? 'actions.actBodyConfirm' : 'actions.actBody')}</p>
          <h3>{t('actions.exactly')}</h3>
          {Object.keys(asked).length === 0 ? (
            <p>{t('actions.noArguments')}</p>
          ) : (
            <pre className="code">{JSON.stringify(asked, null, 2)}</pre>
          )}
        </Question>
      )}
    </form>
  );
}

const policyKeys = {
  deny: 'actions.policyDeny',
  confirm: 'actions.policyConfirm',
  allow: 'actions.policyAllow',
} as const;

/** Draws what would be printed, from what stands in the form; nothing is sent. */
function PreviewButton({
  connector,
  tool,
  withArguments,
}: {
  readonly connector: Connector;
  readonly tool: Tool;
  readonly withArguments: (run: (args: Readonly<Record<string, unknown>>) => void) => void;
}) {
  const { t } = useWords();
  const [shown, setShown] = useState<ReactNode>(null);
  const [busy, setBusy] = useState(false);
  const draw = async (args: Readonly<Record<string, unknown>>) => {
    setBusy(true);
    try {
      const picture = await request('POST', `/v1/connectors/${connector.id}/preview`, pictureSchema, {
        body: { tool: tool.name, arguments: args },
      });
      const title = t('actions.previewOf', { width: picture.width_dots });
      setShown(
        <figure>
          <img className="preview" src={`data:${picture.media_type};base64,${picture.data}`} alt={title} />
          <figcaption className="muted">
            {title}
            {picture.notes.length > 0 && <AgentText>{` ${picture.notes.join('; ')}`}</AgentText>}
          </figcaption>
        </figure>,
      );
    } catch (error) {
      setShown(<Problem error={toRequestError(error)} />);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <button type="button" disabled={busy} onClick={() => withArguments((args) => void draw(args))}>
        {t(busy ? 'actions.drawing' : 'actions.preview')}
      </button>
      {shown}
    </>
  );
}
