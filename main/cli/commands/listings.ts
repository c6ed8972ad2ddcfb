import type { AddCommands } from '../cli.ts';
import { formatPrice } from '../price.ts';
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
            { heading: 'kind', value: ({ kind }) => kind },
            { heading: 'availability', value: ({ status }) => (status === 'live' ? 'live' : 'early access') },
            { heading: 'credentials', value: ({ auth }) => auth.type },
            { heading: 'price', value: ({ price }) => (price === null ? null : formatPrice(price)) },
            { heading: 'version', value: ({ status, version }) => (status === 'live' ? version : null) },
            { heading: 'capabilities', value: ({ capabilities }) => capabilities.join(', ') },
          ],
          'There are no listings.',
        ),
      );
    },
  });
};
