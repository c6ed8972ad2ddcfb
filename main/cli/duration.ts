import { AgentError } from '../../drivers/kit/index.ts';

const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** Reads `90d`, `12h`, `30m` or `45s` as milliseconds. Throws `invalid_parameter` naming the option. */
export function parseDurationMs(option: string, text: string): number {
  const found = /^([1-9]\d{0,6})([smhd])$/.exec(text);
  const factor = unitMs[found?.[2] ?? ''];
  if (found === null || factor === undefined) {
    throw new AgentError('invalid_parameter', `${option} ${JSON.stringify(text)} is not a duration.`, {
      hint: 'Write a number with s, m, h or d: 90d, 12h, 30m.',
    });
  }
  return Number(found[1]) * factor;
}
