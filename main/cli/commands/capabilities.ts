import type { AddCommands } from '../cli.ts';
import { formatTable } from '../table.ts';

/** `capabilities`: who fulfils and who needs what. */
export const addCapabilities: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'capabilities',
    summary: 'list what connectors here can do, and which operators need it',
    examples: ['fibric-edge capabilities'],
    async run({ client, json, print, printJson }) {
      const found = await client.listCapabilities();
      if (json) return printJson(found);
      print(
        formatTable(
          found,
          [
            { heading: 'capability', value: ({ capability }) => capability },
            { heading: 'fulfilled', value: ({ fulfilled }) => (fulfilled ? 'yes' : 'NO') },
            { heading: 'by', value: ({ connectors }) => named(connectors, 'connected') },
            { heading: 'needed by', value: ({ operators }) => named(operators ?? [], 'active') },
          ],
          'No connector is installed, and no operator needs anything.',
        ),
      );
    },
  });
};

/** Names, with the status beside each whose status is not the usual one. */
function named(who: readonly { readonly name: string; readonly status: string }[], usual: string): string {
  return who.map(({ name, status }) => (status === usual ? name : `${name} (${status})`)).join(', ');
}
