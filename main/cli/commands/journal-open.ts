import { setTimeout as pause } from 'node:timers/promises';
import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import { findOpenWork, isQuiet, type OpenWork } from '../../api/open-work.ts';
import type { JournalEntryObject } from '../../api/schemas/index.ts';
import type { CommandHost } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { formatTable } from '../table.ts';

const optionsSchema = z.object({ wait: z.coerce.number().int().min(0).max(3600).default(0) });
const AGAIN_MS = 1_000;

/** `journal open`: what is not over, so that nothing is restarted or updated in the middle of it. */
export function addJournalOpen(journal: Command, host: CommandHost): void {
  host.add(journal, {
    syntax: 'open',
    summary:
      'list side effects that are not over: running, waiting for approval, or in doubt; code 3 while there are any',
    examples: ['fibric-edge journal open', 'fibric-edge journal open --wait 150 && sudo systemctl restart fibric-edge'],
    options: [{ flags: '--wait <seconds>', description: 'wait at most this long for them to be over (default: 0)' }],
    async run({ client, options, signal, json, print, printJson }) {
      const given = optionsSchema.safeParse(options);
      if (!given.success) {
        throw new AgentError('invalid_parameter', '--wait is no number of seconds.', { hint: 'Give 0 to 3600.' });
      }
      let work = await findOpenWork(client);
      for (let left = given.data.wait; left > 0 && !isQuiet(work) && !onlyDoubtful(work); left -= 1) {
        await pause(AGAIN_MS, undefined, { signal });
        work = await findOpenWork(client);
      }
      const { acting, waiting, doubtful } = work;
      if (json) printJson({ object: 'open_work', acting, waiting, doubtful });
      else print(formatTable([...acting, ...waiting, ...doubtful], columns, 'Nothing is open.'));
      return isQuiet(work) ? exitCodes.ok : exitCodes.refused;
    },
  });
}

/** What only a person can settle is not over by waiting. */
function onlyDoubtful({ acting, waiting, doubtful }: OpenWork): boolean {
  return acting.length + waiting.length === 0 && doubtful.length > 0;
}

const columns = [
  { heading: 'id', value: ({ journal_id: id }: JournalEntryObject) => id },
  { heading: 'connector', value: ({ connector_name: name }: JournalEntryObject) => name },
  { heading: 'what', value: ({ summary }: JournalEntryObject) => summary },
  { heading: 'state', value: ({ state }: JournalEntryObject) => state },
];
