import { z } from 'zod';
import { AgentError } from '../../../../drivers/kit/index.ts';
import {
  type KeyBody,
  type KeyObject,
  keyBodySchema,
  keyRoles,
  scopes,
  type TenantObject,
} from '../../../api/schemas/index.ts';
import type { AddCommands } from '../../cli.ts';
import { formatTable } from '../../table.ts';
import { tenantOptions, withHub } from './hub-session.ts';

const keyOptions = z.object({
  name: z.string().optional(),
  role: z.string().optional(),
  scopes: z.string().optional(),
});

/** `hub tenants` and `hub keys`. */
export const addHubTenants: AddCommands = (hub, host) => {
  const tenants = host.group(hub, 'tenants', 'who shares this hub, each apart from the others', ['tenant']);
  host.add(tenants, {
    syntax: 'create <name>',
    summary: 'make a tenant',
    examples: ['fibric-edge hub tenants create acme'],
    async run(session) {
      const made = await withHub(session, (client) => client.createTenant(session.words[0] ?? ''));
      if (session.json) session.printJson(made);
      else
        session.print(
          `${made.name} (${made.id}) is made. Next: fibric-edge hub keys create --tenant ${made.name} --role admin`,
        );
    },
  });
  host.add(tenants, {
    syntax: 'list',
    isDefault: true,
    summary: 'list the tenants',
    examples: ['fibric-edge hub tenants list'],
    async run(session) {
      const found = await withHub(session, (client) => client.listTenants());
      if (session.json) session.printJson(found);
      else session.print(formatTable(found, tenantColumns, 'There is none yet: fibric-edge hub tenants create NAME'));
    },
  });

  const keys = host.group(hub, 'keys', 'what programs come to this hub with', ['key']);
  host.add(keys, {
    syntax: 'create',
    summary: 'make a key; it is shown once',
    examples: [
      'fibric-edge hub keys create --tenant acme --name console --role admin',
      'fibric-edge hub keys create --tenant acme --test --name trial --scopes connectors:read,tools:read',
    ],
    options: [
      ...tenantOptions,
      { flags: '--name <name>', description: 'what it is for' },
      { flags: '--role <role>', description: keyRoles.join(', ') },
      { flags: '--scopes <list>', description: `in place of a role, separated by commas: ${scopes.join(', ')}` },
    ],
    async run(session) {
      const body = keyBodyOf(keyOptions.parse(session.options));
      const made = await withHub(session, (client) => client.createKey(body));
      if (session.json) return session.printJson(made);
      session.print(made.key ?? '');
      session.note(`Key ${made.id} for ${made.name}. It is not shown again.`);
    },
  });
  host.add(keys, {
    syntax: 'list',
    isDefault: true,
    summary: 'list the keys of a tenant, without their secrets',
    examples: ['fibric-edge hub keys list --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const found = await withHub(session, (client) => client.listKeys());
      if (session.json) session.printJson(found);
      else session.print(formatTable(found, keyColumns, 'There is none yet: fibric-edge hub keys create --help'));
    },
  });
  host.add(keys, {
    syntax: 'revoke <id>',
    summary: 'end a key for good',
    examples: ['fibric-edge hub keys revoke key_3f... --tenant acme'],
    options: tenantOptions,
    async run(session) {
      const revoked = await withHub(session, (client) => client.revokeKey(session.words[0] ?? ''));
      if (session.json) session.printJson(revoked);
      else session.print(`${revoked.name} (${revoked.id}) is revoked.`);
    },
  });
};

function keyBodyOf({ name, role, scopes: list }: z.output<typeof keyOptions>): KeyBody {
  const parsed = keyBodySchema.safeParse({
    name,
    ...(role === undefined ? {} : { role }),
    ...(list === undefined ? {} : { scopes: list.split(',').map((scope) => scope.trim()) }),
  });
  if (parsed.success) return parsed.data;
  throw new AgentError('invalid_parameter', `The key can't be made: ${z.prettifyError(parsed.error)}`, {
    hint: `Give --name, and --role (${keyRoles.join(', ')}) or --scopes.`,
  });
}

const tenantColumns = [
  { heading: 'id', value: ({ id }: TenantObject) => id },
  { heading: 'name', value: ({ name }: TenantObject) => name },
  { heading: 'made', value: ({ created_at }: TenantObject) => created_at },
];

const keyColumns = [
  { heading: 'id', value: ({ id }: KeyObject) => id },
  { heading: 'name', value: ({ name }: KeyObject) => name },
  { heading: 'key', value: ({ hint }: KeyObject) => hint },
  { heading: 'may', value: ({ role, scopes: list }: KeyObject) => role ?? list.join(',') },
  { heading: 'status', value: ({ status }: KeyObject) => status },
  { heading: 'last used', value: ({ last_used_at }: KeyObject) => last_used_at },
];
