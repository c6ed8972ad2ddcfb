import { useId } from 'react';
import { useWords } from '../../words/language.ts';
import type { ArgumentField } from './argument-fields.ts';

/** One argument of a tool: its name as programs use it, what the driver says of it, and its bounds. */
export function ArgumentInput({
  field,
  value,
  wrong,
  onChange,
}: {
  readonly field: ArgumentField;
  readonly value: string;
  readonly wrong: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  const id = useId();
  const { key, description, required, input } = field;
  return (
    <div className="field">
      <label htmlFor={id}>
        <code>{key}</code>
        {!required && <span className="muted"> {t('actions.optional')}</span>}
      </label>
      {description !== null && (
        <p className="muted" id={`${id}-about`} lang="en">
          {description}
        </p>
      )}
      <Control id={id} field={field} value={value} wrong={wrong} onChange={onChange} />
      {wrong && (
        <p className="problem" id={`${id}-wrong`}>
          {wrongWords(t, input)}
        </p>
      )}
    </div>
  );
}

function wrongWords(t: ReturnType<typeof useWords>['t'], input: ArgumentField['input']): string {
  if (input.type === 'json') return t('actions.wrongJson');
  if (input.type === 'number' && input.minimum !== undefined && input.maximum !== undefined)
    return t('actions.wrongRange', { min: input.minimum, max: input.maximum });
  return t('actions.wrongValue');
}

function Control({
  id,
  field: { key, input, required, description },
  value,
  wrong,
  onChange,
}: {
  readonly id: string;
  readonly field: ArgumentField;
  readonly value: string;
  readonly wrong: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  const described = [description === null ? null : `${id}-about`, wrong ? `${id}-wrong` : null]
    .filter(Boolean)
    .join(' ');
  const common = {
    id,
    name: key,
    required,
    'aria-invalid': wrong || undefined,
    'aria-describedby': described === '' ? undefined : described,
  };
  switch (input.type) {
    case 'choice':
      return (
        <select {...common} value={value} onChange={(event) => onChange(event.target.value)}>
          {(value === '' || !required) && (
            <option value="">{t(required ? 'actions.choose' : 'actions.leaveOut')}</option>
          )}
          {input.options.map((option) => (
            <option key={option} value={String(option)}>
              {option}
            </option>
          ))}
        </select>
      );
    case 'switch':
      return (
        <select {...common} value={value} onChange={(event) => onChange(event.target.value)}>
          <option value="true">{t('values.yes')}</option>
          <option value="false">{t('values.no')}</option>
        </select>
      );
    case 'number':
      return (
        <input
          {...common}
          type="number"
          inputMode="decimal"
          step={input.whole ? 1 : 'any'}
          min={input.minimum}
          max={input.maximum}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'text':
      return (
        <input
          {...common}
          type="text"
          autoComplete="off"
          maxLength={input.maxLength}
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      );
    case 'json':
      return (
        <textarea
          {...common}
          rows={8}
          spellCheck={false}
          className="code"
          value={value}
          onChange={(event) => onChange(event.target.value)}
        />
      );
  }
}
