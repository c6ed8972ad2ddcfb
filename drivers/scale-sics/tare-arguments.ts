import { z } from 'zod';
import { AgentError, formatDecimal, parseDecimal } from '../kit/index.ts';
import type { Weight } from './answer.ts';
import { clearTare, presetTare, type SicsCommand, takeTare } from './protocol.ts';
import { sicsUnits } from './units.table.ts';

const ucumCodes = [...new Set(Object.values(sicsUnits))];

/** Arguments of `scale.tare`. */
export const tareInput = z.strictObject({
  action: z
    .enum(['take', 'preset', 'clear'])
    .default('take')
    .describe(
      'take: the load on the scale becomes the tare; preset: set the tare given in value and unit; clear: no tare',
    ),
  value: z
    .string()
    .regex(/^\d{1,9}(\.\d{1,6})?$/, 'a decimal number as text, for example 0.250')
    .optional()
    .describe('Preset only: the tare as decimal text'),
  unit: z.enum(ucumCodes).optional().describe('Preset only: UCUM unit code; it must be the unit the scale is set to'),
});

/** What a tare plan keeps. */
export const tareData = z.strictObject({
  action: z.enum(['take', 'preset', 'clear']),
  /** What is to be in the tare memory, for `preset`. */
  preset: z.strictObject({ value: z.string(), unit: z.string() }).nullable(),
});

/** A parsed {@link tareData}. */
export type TareData = z.output<typeof tareData>;

/** The tare to set; null for the other actions. Throws `invalid_arguments` when value and unit don't fit the action. */
export function presetOf(args: z.output<typeof tareInput>): TareData['preset'] {
  const { action, value, unit } = args;
  if (action === 'preset' && value !== undefined && unit !== undefined) {
    const decimal = parseDecimal(value);
    if (decimal !== null) return { value: formatDecimal(decimal), unit };
  }
  if (action !== 'preset' && value === undefined && unit === undefined) return null;
  throw new AgentError(
    'invalid_arguments',
    action === 'preset'
      ? 'The arguments of scale.tare are not usable. Action preset needs value and unit.'
      : `The arguments of scale.tare are not usable. Action ${action} takes neither value nor unit.`,
    {
      hint: 'Give value and unit with action "preset", and only then; nothing was sent.',
      details: { tool: 'scale.tare' },
    },
  );
}

/** The command of a plan. */
export function commandFor({ action, preset }: TareData): SicsCommand<Weight | null> {
  if (preset !== null) return presetTare(preset.value, symbolOf(preset.unit));
  return action === 'clear' ? clearTare : takeTare;
}

function symbolOf(ucum: string): string {
  const found = Object.entries(sicsUnits).find(([, code]) => code === ucum);
  if (found === undefined) throw new RangeError(`no MT-SICS unit for ${ucum}`);
  return found[0];
}

/** The plan for people. */
export function summarise({ action, preset }: TareData): string {
  if (preset !== null) return `Set the tare to ${preset.value} ${symbolOf(preset.unit)}`;
  return action === 'clear' ? 'Clear the tare' : 'Take the present load as tare';
}

/** What a person is asked who stands at the scale. */
export function questionOf({ action, preset }: TareData): string {
  if (preset !== null) return `Is the tare of the scale ${preset.value} ${symbolOf(preset.unit)}?`;
  return action === 'clear' ? 'Is the tare of the scale cleared?' : 'Did the scale take its load as tare?';
}
