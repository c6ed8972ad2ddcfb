import type { AddCommands } from '../main.ts';
import { formatTable } from '../table.ts';

/** `listings`: what a connector may be installed from. */
export const addListings: AddCommands = (program, host) => {
  host.add(program, {
    syntax: 'listings',
    summary: 'list what connectors may be installed from',
    examples: ['fibric-edge listings', 'fibric-edge listings --json'],
    async run({ client, json, print, printJson }) {
      const listings = await client.listListings();
      if (json) return printJson(listings);
      print(
        formatTable(
          listings,
          [
            { heading: 'listing', value: ({ id }) => id },
            { heading: 'title', value: ({ title }) => title },
            { heading: 'version', value: ({ version }) => version },
            { heading: 'capabilities', value: ({ capabilities }) => capabilities.join(', ') },
          ],
          'There are no listings.',
        ),
      );
    },
  });
};
