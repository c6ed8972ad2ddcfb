import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { AddCommands } from '../cli.ts';
import { plain } from '../table.ts';

const optionsSchema = z.object({
  level: z.enum(['debug', 'info', 'warn', 'error']).optional(),
  limit: z.coerce.number().int().min(1).max(1000).default(100),
});

/** `logs`: the last lines of the agent's log. */
export const addLogs: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'logs',
    summary: 'show the last lines of the log, oldest first',
    examples: ['fibric-edge logs --level warn', 'fibric-edge logs --limit 500 --json'],
    options: [
      { flags: '--level <level>', description: 'this level and above: debug, info, warn, error' },
      { flags: '--limit <count>', description: 'at most this many lines, 1 to 1000 (default: 100)' },
    ],
    async run({ client, options, json, print, printJson }) {
      const query = optionsSchema.safeParse(options);
      if (!query.success) {
        throw new AgentError('invalid_parameter', `The options are not usable: ${z.prettifyError(query.error)}.`, {
          hint: 'Levels: debug, info, warn, error. Lines: 1 to 1000.',
        });
      }
      const { data } = await client.tailLogs(query.data);
      if (json) return printJson(data);
      for (const { at, level, message, fields } of data) {
        const facts = Object.keys(fields).length === 0 ? '' : `  ${plain(JSON.stringify(fields))}`;
        print(`${at}  ${level.padEnd(5)}  ${plain(message)}${facts}`);
      }
    },
  });
};
