import type { AddCommands } from '../../cli.ts';
import { tenantOptions, withHub } from './hub-session.ts';

/** `hub page`: the hub's own page, signed in as whoever looks after the hub. */
export const addHubPage: AddCommands = (hub, host) => {
  host.add(hub, {
    syntax: 'page',
    summary: "print a one-time address of the hub's page, signed in for one tenant",
    examples: ['fibric-edge hub page --tenant acme', 'fibric-edge hub page --tenant acme --test'],
    options: tenantOptions,
    async run(session) {
      const made = await withHub(session, (client) => client.createPageTicket());
      if (session.json) return session.printJson(made);
      const { address, expires_at, tenant } = made;
      session.print(address);
      session.note(
        `Open it in a browser: it works once, until ${expires_at}, for ${tenant.name} (${tenant.mode}). Whoever has a key of this hub signs in there with it.`,
      );
    },
  });
};
