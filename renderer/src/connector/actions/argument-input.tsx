import { useId } from 'react';
import { SchemaControl } from '../../parts/schema-control.tsx';
import type { FieldInput, SchemaField } from '../../parts/schema-fields.ts';
import { type Translate, useWords } from '../../words/language.ts';

/** One argument of a tool: its name as programs use it, what the driver says of it, and its bounds. */
export function ArgumentInput({
  field,
  value,
  wrong,
  onChange,
}: {
  readonly field: SchemaField;
  readonly value: string;
  readonly wrong: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  const id = useId();
  const { key, description, required, input } = field;
  const describedBy = [description === null ? null : `${id}-about`, wrong ? `${id}-wrong` : null].filter(Boolean);
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
      <SchemaControl
        id={id}
        describedBy={describedBy.length === 0 ? undefined : describedBy.join(' ')}
        field={field}
        value={value}
        isWrong={wrong}
        onChange={onChange}
      />
      {wrong && (
        <p className="problem" id={`${id}-wrong`}>
          {wrongWords(t, input)}
        </p>
      )}
    </div>
  );
}

function wrongWords(t: Translate, input: FieldInput): string {
  if (input.type === 'json') return t('actions.wrongJson');
  if (input.type === 'number' && input.minimum !== undefined && input.maximum !== undefined)
    return t('actions.wrongRange', { min: input.minimum, max: input.maximum });
  return t('actions.wrongValue');
}
