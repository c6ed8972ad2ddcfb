import { z } from 'zod';
import { defineReadTool, type ReadTool } from '../kit/index.ts';
import type { Printer } from './printer.ts';
import { problemsOf } from './status.ts';

const output = z.strictObject({
  ready: z.boolean().describe('Whether a receipt could be printed now'),
  online: z.boolean(),
  problems: z.array(z.string()).describe('What keeps it from printing, worst first'),
  cover: z.enum(['closed', 'open']),
  paper: z.enum(['ok', 'near_end', 'out']),
  drawer: z.enum(['open', 'closed', 'unknown']).describe('unknown unless drawer_open_level is configured'),
  drawer_pin: z.enum(['high', 'low']).describe('Level of drawer pin 3'),
  at: z.iso.datetime().describe('When it was read, RFC 3339 UTC'),
});

/** `printer.read`: `DLE EOT 1` to `4`. */
export function readTool(printer: Printer): ReadTool {
  return defineReadTool({
    capability: 'printer.read',
    title: 'Read the state of the printer',
    description: 'Reads whether the printer could print now: online, cover, paper, cutter, errors; and the drawer.',
    input: z.strictObject({}),
    output,
    testArguments: {},
    async read(link) {
      const status = await printer.status(link);
      const problems = [...problemsOf(status)];
      return {
        ready: problems.length === 0,
        online: status.online,
        problems,
        cover: status.coverOpen ? ('open' as const) : ('closed' as const),
        paper: status.paper,
        drawer: drawerState(printer, status.drawerPin),
        drawer_pin: status.drawerPin,
        at: link.now(),
      };
    },
  });
}

/** What the level of pin 3 means, where a person has looked. */
export function drawerState({ options }: Pick<Printer, 'options'>, pin: 'high' | 'low'): 'open' | 'closed' | 'unknown' {
  if (!options.drawer || options.drawer_open_level === 'unknown') return 'unknown';
  return pin === options.drawer_open_level ? 'open' : 'closed';
}
