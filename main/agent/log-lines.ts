import { z } from 'zod';
import { jsonObjectSchema, type LogLine, type LogsQuery } from '../api/schemas/index.ts';

const levels = ['debug', 'info', 'warn', 'error'] as const;
const pinoLevels: Readonly<Record<number, LogLine['level']>> = {
  10: 'debug',
  20: 'debug',
  30: 'info',
  40: 'warn',
  50: 'error',
  60: 'error',
};

const lineSchema = z.looseObject({ level: z.int(), time: z.iso.datetime(), msg: z.string().default('') });

/** The log's own JSON lines as the API shows them, at `query.level` and above; the last `query.limit`, oldest first. */
export function readLogLines(lines: readonly string[], query: LogsQuery): LogLine[] {
  const least = levels.indexOf(query.level ?? 'debug');
  return lines
    .flatMap((line): LogLine[] => {
      const { level, time, msg, ...fields } = lineSchema.parse(JSON.parse(line));
      return [
        {
          object: 'log_line',
          at: time,
          level: pinoLevels[level] ?? 'info',
          message: msg,
          fields: jsonObjectSchema.parse(fields),
        },
      ];
    })
    .filter((line) => levels.indexOf(line.level) >= least)
    .slice(-query.limit);
}
