import { formatDecimal, type LineVerdict, parseDecimal } from '../kit/index.ts';
import { sicsUnits } from './units.table.ts';

/** A weight exactly as the scale gave it; plain JSON, since it is kept in witnesses. */
export type Weight = {
  /** Exact decimal text in the scale's own resolution. */
  readonly value: string;
  /** UCUM code. */
  readonly unit: string;
  /** The symbol the scale sent. */
  readonly deviceUnit: string;
  readonly stable: boolean;
};

/** Why a scale did not do what it was asked. */
export type RefusalReason =
  /** `I`: understood, but not possible now; also when stability was not reached in the scale's own time-out. */
  | 'not_executable'
  /** `+` */
  | 'over_range'
  /** `-` */
  | 'under_range'
  /** `L`: a parameter is missing or impossible. */
  | 'parameter'
  /** `S S Error 10b`: a fault of the scale in place of a weight. */
  | 'hardware_fault'
  /** `ES`: the scale does not know this command. */
  | 'syntax'
  /** `ET`: the scale received damaged characters. */
  | 'transmission'
  /** `EL`: the command can not be executed. */
  | 'logical';

/** What a scale answers to a command: the result, or that it did not do it. Survives structured clone. */
export type Answer<T> =
  | { readonly kind: 'done'; readonly value: T }
  | { readonly kind: 'refused'; readonly reason: RefusalReason; readonly seen: string };

/** What one line says about the command in flight. */
export type JudgeLine<T> = (line: string) => LineVerdict<Answer<T>>;

const generalErrors: Readonly<Record<string, RefusalReason>> = {
  ES: 'syntax',
  ET: 'transmission',
  EL: 'logical',
};

const refusalLetters: Readonly<Record<string, RefusalReason>> = {
  I: 'not_executable',
  '+': 'over_range',
  '-': 'under_range',
  L: 'parameter',
};

/** Whether a line is `ES`, `ET` or `EL`: these name no command, so they can't be tied to one with certainty. */
export function isGeneralError(line: string): boolean {
  return Object.hasOwn(generalErrors, clean(line));
}

/** Whether a line answers the command `id`, whatever it says. */
export function answersTo(id: string, line: string): boolean {
  return clean(line).split(' ', 1)[0] === id;
}

/**
 * Reads weight answers of one command (`S S     100.00 g`). `statuses` are the letters that come with a weight and end the
 * command. Any other line with a D is passed over: a running stream, or the second step of a scale that is only similar.
 */
export function judgeWeight(id: string, statuses: readonly string[]): JudgeLine<Weight> {
  return judgeAnswer(id, 'a weight in a known unit', ([status = '', value, symbol, ...rest]) => {
    if (!statuses.includes(status)) return status === 'D' ? 'skip' : null;
    if (value === undefined || symbol === undefined || rest.length > 0) return null;
    const weight = toWeight(status, value, symbol);
    return weight === null ? null : { value: weight };
  });
}

/** Like {@link judgeWeight}, for commands that clones also answer without the weight (`T A`, `TA A`): then the value is null. */
export function judgeWeightOrBare(id: string, statuses: readonly string[]): JudgeLine<Weight | null> {
  const judgeFull = judgeWeight(id, statuses);
  return (line) => (clean(line) === `${id} A` ? reply({ kind: 'done', value: null }) : judgeFull(line));
}

/** Reads answers that only say that it was done (`Z A`, `TAC A`). */
export function judgeDone(id: string): JudgeLine<null> {
  return judgeAnswer(id, `${id} A`, (words) => {
    if (words.length !== 1) return null;
    if (words[0] === 'A') return { value: null };
    return words[0] === 'D' ? 'skip' : null;
  });
}

/** Reads a one-line text answer (`I4 A "B123456789"`), with or without the quotes, which some clones leave out. */
export function judgeText(id: string): JudgeLine<string> {
  return judgeAnswer(id, `${id} A with a text`, (words, line) => {
    if (words[0] !== 'A') return null;
    const text = line.slice(line.indexOf(' A', id.length) + 2).trim();
    return { value: (/^"(.*)"$/.exec(text)?.[1] ?? text).trim() };
  });
}

function judgeAnswer<T>(
  id: string,
  expected: string,
  read: (words: readonly string[], line: string) => { readonly value: T } | 'skip' | null,
): JudgeLine<T> {
  return (raw) => {
    const line = clean(raw);
    const general = Object.hasOwn(generalErrors, line) ? generalErrors[line] : undefined;
    if (general !== undefined) return reply({ kind: 'refused', reason: general, seen: line });
    const [first, ...words] = line.split(/ +/);
    if (first !== id) return { kind: 'skip' };
    const reason = words.length === 1 ? refusalLetters[words[0] ?? ''] : undefined;
    if (reason !== undefined) return reply({ kind: 'refused', reason, seen: line });
    if (words[1] === 'Error') return reply({ kind: 'refused', reason: 'hardware_fault', seen: line });
    const found = read(words, line);
    if (found === 'skip') return { kind: 'skip' };
    return found === null ? { kind: 'bad', expected } : reply({ kind: 'done', value: found.value });
  };
}

function toWeight(status: string, text: string, deviceUnit: string): Weight | null {
  const decimal = parseDecimal(text);
  const unit = Object.hasOwn(sicsUnits, deviceUnit) ? sicsUnits[deviceUnit] : undefined;
  if (decimal === null || unit === undefined) return null;
  return { value: formatDecimal(decimal), unit, deviceUnit, stable: status === 'S' };
}

function reply<T>(value: T): { readonly kind: 'reply'; readonly value: T } {
  return { kind: 'reply', value };
}

/** A scale set to XON/XOFF puts these characters between and into its lines. */
function clean(line: string): string {
  return line.replaceAll('\x11', '').replaceAll('\x13', '').trim();
}
