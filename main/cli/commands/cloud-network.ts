import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { CloudCheckObject, CloudNetworkObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { readSecret } from '../secret-input.ts';
import { formatFacts } from '../table.ts';

const proxyOptions = z.object({
  /** False: `--no-user`. */
  user: z.union([z.string(), z.literal(false)]).optional(),
  passwordStdin: z.boolean().default(false),
  except: z.string().optional(),
});
const removeOptions = z.object({ yes: z.boolean().default(false) });
const marks = { ok: 'ok      ', failed: 'FAILED  ', not_reached: '-       ' } as const;

/** `cloud proxy`, `cloud ca` and `cloud check`: the way out of this machine's network. */
export const addCloudNetwork: AddCommands = (cloud, host) => {
  const proxy = host.group(cloud, 'proxy', 'the proxy through which the cloud is reached');
  host.add(proxy, {
    syntax: 'show',
    isDefault: true,
    summary: 'show the proxy, who named it, and what is reached without it',
    examples: ['fibric-edge cloud proxy', 'fibric-edge cloud proxy show --json'],
    async run({ client, json, print, printJson }) {
      const network = await client.getCloudNetwork();
      if (json) printJson(network);
      else print(describeProxy(network));
    },
  });
  host.add(proxy, {
    syntax: 'set [address]',
    summary:
      'reach the cloud through this HTTP proxy, or give user and password for the one that is known; takes effect at once',
    examples: [
      'fibric-edge cloud proxy set http://proxy.example:3128',
      'fibric-edge cloud proxy set http://proxy.example:3128 --user edge --except intranet.example,10.0.0.0/8',
      'fibric-edge cloud proxy set --user edge --password-stdin < password.txt',
    ],
    options: [
      {
        flags: '--user <name>',
        description: 'sign in as this user (Basic); the password is asked for, and kept in the vault',
      },
      { flags: '--password-stdin', description: 'read the password from standard input' },
      { flags: '--no-user', description: 'forget user and password' },
      {
        flags: '--except <list>',
        description: 'reached without it: hosts, domains, addresses, networks (10.0.0.0/8), with commas; "" for none',
      },
    ],
    async run({ client, words: [url], options, environment, signal, json, print, printJson }) {
      const { user: named, passwordStdin, except } = proxyOptions.parse(options);
      const forgets = named === false;
      const user = named === false ? undefined : named;
      if (passwordStdin && user === undefined) {
        throw new AgentError('missing_parameter', 'Whose password is that?', { hint: 'Add --user NAME.' });
      }
      if (url === undefined && user === undefined && !forgets && except === undefined) {
        throw new AgentError('missing_parameter', 'Which proxy?', {
          hint: 'Give its address: fibric-edge cloud proxy set http://proxy.example:3128',
        });
      }
      const question = `Password of ${user ?? ''} at the proxy:`;
      const password =
        user === undefined
          ? undefined
          : await readSecret(environment, question, { piped: passwordStdin, pipeFlag: '--password-stdin', signal });
      const network = await client.setCloudProxy({
        ...(url === undefined ? {} : { url }),
        ...(user === undefined ? {} : { username: user }),
        ...(password === undefined ? {} : { password }),
        ...(forgets ? { username: null } : {}),
        ...(except === undefined ? {} : { exceptions: except.split(/[\s,]+/).filter((entry) => entry !== '') }),
      });
      if (json) return printJson(network);
      print(describeProxy(network));
      print('In use at once. Try it: fibric-edge cloud check');
    },
  });
  host.add(proxy, {
    syntax: 'remove',
    summary: 'forget the proxy that was set here, with its user and password',
    examples: ['fibric-edge cloud proxy remove', 'fibric-edge cloud proxy remove --yes'],
    options: [{ flags: '--yes', description: 'do not ask' }],
    async run({ client, options, json, print, printJson, note, confirm }) {
      const question = 'Forget the proxy that was set here, with its user and password?';
      if (!removeOptions.parse(options).yes && !(await confirm(question))) {
        note('Nothing was changed.');
        return exitCodes.failure;
      }
      const network = await client.removeCloudProxy();
      if (json) printJson(network);
      else print(describeProxy(network));
      return exitCodes.ok;
    },
  });

  const ca = host.group(cloud, 'ca', "certificate authorities that are trusted beside the system's");
  host.add(ca, {
    syntax: 'show',
    isDefault: true,
    summary: 'show them',
    examples: ['fibric-edge cloud ca show', 'fibric-edge cloud ca show --json'],
    async run({ client, json, print, printJson }) {
      const network = await client.getCloudNetwork();
      if (json) printJson(network);
      else print(describeAuthorities(network));
    },
  });
  host.add(ca, {
    syntax: 'set <file>',
    summary: 'trust the authorities in this PEM file, in place of those that were set before; takes effect at once',
    examples: ['fibric-edge cloud ca set company-root.pem'],
    async run({ client, words: [file = ''], json, print, printJson }) {
      const network = await client.setCloudAuthorities(readPem(file));
      if (json) printJson(network);
      else print(describeAuthorities(network));
    },
  });
  host.add(ca, {
    syntax: 'remove',
    summary: "forget those that were set here; the system's and those of cloud.ca_file stay",
    examples: ['fibric-edge cloud ca remove --yes'],
    options: [{ flags: '--yes', description: 'do not ask' }],
    async run({ client, options, json, print, printJson, note, confirm }) {
      const question =
        'Forget the authorities that were set here? A hub that only they vouch for is not reached any more.';
      if (!removeOptions.parse(options).yes && !(await confirm(question))) {
        note('Nothing was changed.');
        return exitCodes.failure;
      }
      const network = await client.removeCloudAuthorities();
      if (json) printJson(network);
      else print(describeAuthorities(network));
      return exitCodes.ok;
    },
  });

  host.add(cloud, {
    syntax: 'check [origin]',
    summary: 'walk the way to the cloud (name, connection, proxy, TLS, hub) and say where it ends',
    examples: ['fibric-edge cloud check', 'fibric-edge cloud check https://hub.example.com'],
    async run({ client, words: [origin], json, print, printJson }) {
      const check = await client.checkCloud(origin === undefined ? {} : { origin });
      if (json) printJson(check);
      else print(describeCheck(check));
      return check.result === 'ok' ? exitCodes.ok : exitCodes.failure;
    },
  });
};

function readPem(file: string): string {
  try {
    return readFileSync(file, 'utf8');
  } catch (cause) {
    throw new AgentError('invalid_parameter', `${file} can't be read.`, { hint: 'Check the path.', cause });
  }
}

const from = {
  configuration: 'the configuration (cloud.proxy)',
  settings: 'set here',
  environment: 'the environment (HTTPS_PROXY)',
} as const;

function describeProxy({ proxy, exceptions }: CloudNetworkObject): string {
  if (proxy === null) return 'The cloud is reached without a proxy.';
  return formatFacts({
    proxy: proxy.url,
    'named by': from[proxy.from],
    user: proxy.problem ?? (proxy.has_password ? `${proxy.username ?? ''} (the password is kept)` : 'none'),
    'without it': ['this machine itself', ...exceptions].join(', '),
  });
}

function describeAuthorities({ authorities, ca_file: file, ca_problem: problem }: CloudNetworkObject): string {
  const lines = authorities.map(({ subject, valid_to, fingerprint }) =>
    formatFacts({ authority: subject, 'good until': valid_to, 'SHA-256': fingerprint }),
  );
  const head = "The system's authorities are trusted, and beside them:";
  return [
    lines.length === 0 ? "The system's authorities are trusted, and no others." : head,
    ...lines,
    ...(problem === null ? [] : [problem]),
    ...(file === null || problem !== null ? [] : [`From the configuration: ${file}`]),
  ].join('\n');
}

function describeCheck({ origin, proxy, steps }: CloudCheckObject): string {
  return [
    `${origin}${proxy === null ? ', without a proxy' : `, through ${proxy}`}`,
    ...steps.flatMap(({ step, result, message, hint }) => [
      `${marks[result]}  ${step.padEnd(10)}  ${message}`,
      ...(hint === null ? [] : [`                      ${hint}`]),
    ]),
  ].join('\n');
}
