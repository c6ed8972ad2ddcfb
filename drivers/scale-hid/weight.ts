import { AgentError, formatDecimal } from '../kit/index.ts';
import type { RawWeight } from './layout.ts';
import { type ScaleStatus, statuses, units } from './usages.table.ts';

/** A weight as the scale resolves it. */
export interface Weight {
  readonly value: string;
  /** UCUM code. */
  readonly unit: string;
  /** What people call the unit: `oz`. */
  readonly unitName: string;
  readonly stable: boolean;
  readonly status: ScaleStatus;
}

/** What a report means: a weight, or that there is none now. */
export type Reading =
  | { readonly kind: 'weight'; readonly weight: Weight }
  | { readonly kind: 'none'; readonly error: AgentError };

/** No scale counts in finer or coarser steps. */
const LARGEST_EXPONENT = 12;

/** Reads a report's values. Throws `bad_reply` for codes that are not in the usage tables: nothing is guessed. */
export function readWeight({ status: code, unit: unitCode, exponent, weight }: RawWeight): Reading {
  const status = statuses.get(code);
  if (status === undefined) throw unreadable('a status from 1 to 8', String(code));
  const refusal = refusals.get(status);
  if (refusal !== undefined) return { kind: 'none', error: refusal() };
  const unit = units.get(unitCode);
  if (unit === undefined) throw unreadable('a unit code from 1 to 12', String(unitCode));
  if (Math.abs(exponent) > LARGEST_EXPONENT) throw unreadable('a power of ten that a scale can have', String(exponent));
  // Below zero the number is a magnitude; a few scales send it with its sign.
  const signed = status === 'below_zero' && weight > 0 ? -weight : weight;
  return {
    kind: 'weight',
    weight: {
      value: formatDecimal({
        unscaled: BigInt(signed) * 10n ** BigInt(Math.max(0, exponent)),
        fractionDigits: Math.max(0, -exponent),
      }),
      unit: unit.ucum,
      unitName: unit.name,
      // Below zero the scale does not say whether it has settled.
      stable: status === 'stable' || status === 'zero',
      status,
    },
  };
}

const refusals: ReadonlyMap<ScaleStatus, () => AgentError> = new Map([
  [
    'over_limit',
    () =>
      new AgentError('out_of_range', 'The load is over what the scale can weigh.', {
        hint: 'Take the load off.',
        details: { reason: 'over_limit', expected: 'a weight', seen: 'over limit' },
      }),
  ],
  [
    'fault',
    () =>
      new AgentError('device_refused', 'The scale reports a fault in place of a weight.', {
        hint: 'Switch it off and on with nothing on it; if it stays so, it needs service.',
        details: { reason: 'fault', expected: 'a weight', seen: 'fault' },
      }),
  ],
  [
    'needs_calibration',
    () => notReady('needs_calibration', 'The scale wants to be calibrated', 'Calibrate it as its manual says.'),
  ],
  [
    'needs_rezero',
    () => notReady('needs_rezero', 'The scale wants to be set to zero', 'Take everything off and press its zero key.'),
  ],
]);

function notReady(reason: string, what: string, hint: string): AgentError {
  return new AgentError('device_not_ready', `${what} before it weighs.`, { hint, details: { reason } });
}

function unreadable(expected: string, seen: string): AgentError {
  return new AgentError('bad_reply', `The scale sent something unreadable: expected ${expected}, received ${seen}.`, {
    hint: 'Its firmware does not keep to the usage tables: report its model with what `fibric-edge devices --json` says of it.',
    details: { expected, seen },
  });
}
