import type { InstallField } from './install-fields.ts';

/** One setting of an installation. */
export function InstallFieldRow({
  field,
  value,
  onChange,
}: {
  readonly field: InstallField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const id = `setting-${field.key}`;
  return (
    <div className="field">
      <label htmlFor={id}>
        {field.label} <code>{field.key}</code>
      </label>
      <FieldInput id={id} field={field} value={value} onChange={onChange} />
    </div>
  );
}

function FieldInput({
  id,
  field,
  value,
  onChange,
}: {
  readonly id: string;
  readonly field: InstallField;
  readonly value: string;
  readonly onChange: (value: string) => void;
}) {
  const { input, required } = field;
  switch (input.type) {
    case 'choice':
      return (
        <select id={id} value={value} required={required} onChange={(event) => onChange(event.target.value)}>
          {value === '' && <option value="">Choose…</option>}
          {input.options.map((option) => (
            <option key={option} value={String(option)}>
              {option}
            </option>
          ))}
        </select>
      );
    case 'switch':
      return (
        <input
          id={id}
          type="checkbox"
          checked={value === 'true'}
          onChange={(event) => onChange(String(event.target.checked))}
        />
      );
    case 'number':
      return (
        <input
          id={id}
          type="number"
          step="any"
          min={input.minimum}
          max={input.maximum}
          value={value}
          required={required}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'text':
      return (
        <input
          id={id}
          type="text"
          value={value}
          required={required}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
