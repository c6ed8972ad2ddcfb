import { AgentText } from '../parts/agent-text.tsx';
import { useWords } from '../words/language.ts';
import type { InstallField } from './install-fields.ts';

/** One setting of an installation: its name, its bounds, and what holds when nothing is given. */
export function InstallFieldRow({
  field,
  value,
  onChange,
}: {
  readonly field: InstallField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  const { key, label, input, initial } = field;
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
  const shared = { id, 'aria-describedby': helpId };
  if (input.type === 'switch') {
    return (
      <div className="field">
        <label className="option" htmlFor={id}>
          <input
            {...shared}
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
      <FieldInput shared={shared} field={field} value={value} onChange={onChange} />
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

function FieldInput({
  shared,
  field,
  value,
  onChange,
}: {
  readonly shared: { readonly id: string; readonly 'aria-describedby': string };
  readonly field: InstallField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  const { input, required } = field;
  if (input.type === 'choice') {
    return (
      <select {...shared} value={value} required={required} onChange={(event) => onChange(event.target.value)}>
        {value === '' && <option value="">{t('install.choose')}</option>}
        {input.options.map((option) => (
          <option key={option} value={String(option)}>
            {option}
          </option>
        ))}
      </select>
    );
  }
  if (input.type === 'number') {
    return (
      <input
        {...shared}
        type="number"
        step={input.whole ? 1 : 'any'}
        min={input.minimum}
        max={input.maximum}
        value={value}
        required={required}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  return (
    <input
      {...shared}
      type="text"
      value={value}
      required={required}
      spellCheck={false}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
