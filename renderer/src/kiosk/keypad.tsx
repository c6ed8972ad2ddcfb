import { useWords } from '../words/language.ts';

const digits = ['1', '2', '3', '4', '5', '6', '7', '8', '9', '0'] as const;

/** Keys to type a number with: kiosks often have no keyboard, on the screen or off it. */
export function Keypad({
  label,
  value,
  maxLength,
  onChange,
}: {
  readonly label: string;
  readonly value: string;
  readonly maxLength: number;
  readonly onChange: (value: string) => void;
}) {
  const { t } = useWords();
  return (
    <fieldset className="keypad" aria-label={label}>
      {digits.map((digit) => (
        <button key={digit} type="button" onClick={() => value.length < maxLength && onChange(`${value}${digit}`)}>
          {digit}
        </button>
      ))}
      <button type="button" aria-label={t('kiosk.erase')} onClick={() => onChange(value.slice(0, -1))}>
        ⌫
      </button>
    </fieldset>
  );
}
