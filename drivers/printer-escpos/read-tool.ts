import { z } from 'zod';
import { defineReadTool, type PrinterPortStatus, type ReadTool } from '../kit/index.ts';
import { portProblemsOf } from './port-status.ts';
import type { Printer } from './printer.ts';
import { problemsOf } from './status.ts';

const output = z.strictObject({
  ready: z.boolean().describe('Whether a receipt could be printed now'),
  online: z.boolean(),
  problems: z.array(z.string()).describe('What keeps it from printing, worst first'),
  cover: z.enum(['closed', 'open', 'unknown']),
  paper: z.enum(['ok', 'near_end', 'out', 'not_out']).describe('not_out: all that the USB port can tell'),
  drawer: z.enum(['open', 'closed', 'unknown']).describe('unknown unless drawer_open_level is configured'),
  drawer_pin: z.enum(['high', 'low', 'unknown']).describe('Level of drawer pin 3'),
  told_by: z
    .enum(['printer', 'port'])
    .describe('port: the printer answers nothing, and its USB port tells paper and error alone'),
  at: z.iso.datetime().describe('When it was read, RFC 3339 UTC'),
});

/** `printer.read`: `DLE EOT 1` to `4`; GET_PORT_STATUS where the printer answers nothing. */
export function readTool(printer: Printer): ReadTool {
  return defineReadTool({
    capability: 'printer.read',
    title: 'Read the state of the printer',
    description: 'Reads whether the printer could print now: online, cover, paper, cutter, errors; and the drawer.',
    input: z.strictObject({}),
    output,
    testArguments: {},
    async read(link) {
      if (printer.asks === 'port') return portReading(await link.portStatus(), link.now());
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
        told_by: 'printer' as const,
        at: link.now(),
      };
    },
  });
}

/** What is known of a printer that answers nothing: three bits. */
function portReading(status: PrinterPortStatus, at: string) {
  const problems = [...portProblemsOf(status)];
  return {
    ready: problems.length === 0,
    online: status.selected,
    problems,
    cover: 'unknown' as const,
    paper: status.paperEmpty ? ('out' as const) : ('not_out' as const),
    drawer: 'unknown' as const,
    drawer_pin: 'unknown' as const,
    told_by: 'port' as const,
    at,
  };
}

/** What the level of pin 3 means, where a person has looked. */
export function drawerState({ options }: Pick<Printer, 'options'>, pin: 'high' | 'low'): 'open' | 'closed' | 'unknown' {
  if (!options.drawer || options.drawer_open_level === 'unknown') return 'unknown';
  return pin === options.drawer_open_level ? 'open' : 'closed';
}
