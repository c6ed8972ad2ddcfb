import { useWords } from '../words/language.ts';
import type { SchemaField } from './schema-fields.ts';

/** The control for one field of a schema. What names and explains it stands around it, tied by `id` and `describedBy`. */
export function SchemaControl({
  id,
  describedBy,
  field: { key, input, required, initial },
  value,
  isWrong = false,
  onChange,
}: {
  readonly id: string;
  readonly describedBy?: string | undefined;
  readonly field: SchemaField;
  readonly value: string;
  /** What stands in it can't be sent. */
  readonly isWrong?: boolean;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  const common = {
    id,
    name: key,
    value,
    required,
    'aria-describedby': describedBy,
    'aria-invalid': isWrong || undefined,
    onChange: (event: { readonly target: { readonly value: string } }) => onChange(event.target.value),
  };
  const nothing = (value === '' || (!required && initial === '')) && (
    <option value="">{t(required ? 'parts.choose' : 'parts.leaveOut')}</option>
  );
  switch (input.type) {
    case 'choice':
      return (
        <select {...common}>
          {nothing}
          {input.options.map((option) => (
            <option key={option} value={String(option)}>
              {option}
            </option>
          ))}
        </select>
      );
    case 'switch':
      return (
        <select {...common}>
          {nothing}
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
        />
      );
    case 'json':
      return <textarea {...common} rows={8} spellCheck={false} className="code" />;
    case 'list':
      return <input {...common} type="text" autoComplete="off" spellCheck={false} />;
    case 'text':
      return <input {...common} type="text" autoComplete="off" spellCheck={false} maxLength={input.maxLength} />;
  }
}
