import { AgentText } from '../parts/agent-text.tsx';
import { SchemaControl } from '../parts/schema-control.tsx';
import type { SchemaField } from '../parts/schema-fields.ts';
import { useWords } from '../words/language.ts';

/** One setting of an installation: its name, its bounds, and what holds when nothing is given. */
export function InstallFieldRow({
  field,
  value,
  onChange,
}: {
  readonly field: SchemaField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  const { key, input, initial } = field;
  const label = field.description ?? key;
  const id = `setting-${key}`;
  const helpId = `${id}-help`;
  const help = [
    <code key="key">{key}</code>,
    input.type === 'number' && input.minimum !== undefined && input.maximum !== undefined
      ? t('install.between', { from: String(input.minimum), to: String(input.maximum) })
      : null,
    input.type === 'list' ? t('install.commas') : null,
    initial !== '' && input.type !== 'switch' ? t('install.normally', { value: initial }) : null,
  ].filter((part) => part !== null);
  if (input.type === 'switch') {
    return (
      <div className="field">
        <label className="option" htmlFor={id}>
          <input
            id={id}
            aria-describedby={helpId}
            type="checkbox"
            checked={value === 'true'}
            onChange={(event) => onChange(String(event.target.checked))}
          />
          <span>
            <AgentText>{label}</AgentText>
          </span>
        </label>
        <span className="help" id={helpId}>
          {help}
        </span>
      </div>
    );
  }
  return (
    <div className="field">
      <label htmlFor={id}>
        <AgentText>{label}</AgentText>
      </label>
      <SchemaControl id={id} describedBy={helpId} field={field} value={value} onChange={onChange} />
      <span className="help" id={helpId}>
        {help.map((part, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a fixed row of parts
          <span key={index}>
            {index > 0 && ' · '}
            {part}
          </span>
        ))}
      </span>
    </div>
  );
}
