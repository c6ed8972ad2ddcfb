import { AgentError } from '../../../drivers/kit/index.ts';
import type { CloudObject } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { grantNames, grantWords, parseGrant } from '../grant-options.ts';
import { formatFacts } from '../table.ts';
import { whereToType } from '../where-to-type.ts';
import { addCloudFibric } from './cloud-fibric.ts';
import { addCloudNetwork } from './cloud-network.ts';
import { addCloudOutbox } from './cloud-outbox.ts';

/** `cloud`: how this machine stands to its hub, and what the hub may. */
export const addCloud: AddCommands = (program, host) => {
  const cloud = host.group(program, 'cloud', 'the hub that this machine is paired with');

  host.add(cloud, {
    syntax: 'status',
    isDefault: true,
    summary: 'pairing, grants and link',
    examples: ['fibric-edge cloud status', 'fibric-edge cloud status --json'],
    async run({ client, json, print, printJson }) {
      const status = await client.getCloud();
      if (json) printJson(status);
      else print(describe(status));
    },
  });

  addCloudOutbox(cloud, host);
  addCloudFibric(cloud, host);
  addCloudNetwork(cloud, host);
  for (const { verb, to, summary } of turns) {
    host.add(cloud, {
      syntax: `${verb} <grant>`,
      summary,
      examples: [`fibric-edge cloud ${verb} install`],
      async run({ client, words: [named = ''], json, print, printJson }) {
        const grant = parseGrant(named);
        const { grants } = await client.getCloud();
        if (grants === null) {
          throw new AgentError('state_conflict', 'This machine is paired with no hub.', {
            hint: 'Pair it first: fibric-edge pair ORIGIN',
          });
        }
        const changed = await client.setCloudGrants({ ...grants, [grant]: to });
        if (json) printJson(changed);
        else print(`The hub may: ${changed.grants === null ? 'nothing' : grantWords(changed.grants)}.`);
      },
    });
  }
};

const turns = [
  { verb: 'grant', to: true, summary: `let the hub do more here: ${grantNames.join(', ')}` },
  { verb: 'deny', to: false, summary: 'let the hub do less here' },
] as const;

function describe(status: CloudObject): string {
  const { state, pairing, hub, tenant, agent, grants, paired_at, link, key_words } = status;
  if (pairing !== null) {
    return formatFacts({
      state: 'pairing',
      code: pairing.user_code,
      ...whereToType(pairing),
      'key words': key_words,
      'good until': pairing.expires_at,
      'the hub may': grantWords(pairing.grants),
    });
  }
  if (state === 'none') {
    const why = link.error === null ? '' : `\nThe last pairing came to nothing: ${link.error.message}`;
    return `This machine is paired with no hub. Pair it with: fibric-edge pair ORIGIN${why}`;
  }
  return formatFacts({
    hub: hub === null ? null : `${hub.name} (${hub.origin})`,
    tenant: tenant === null ? null : `${tenant.name} (${tenant.mode})`,
    'this machine': agent === null ? null : `${agent.name} (${agent.id})`,
    'key words': key_words,
    'the hub may': grants === null ? null : grantWords(grants),
    'paired at': paired_at,
    link: `${link.state}, since ${link.since}`,
    ...(link.next_attempt_at === null ? {} : { 'next attempt': link.next_attempt_at }),
    ...(link.error === null ? {} : { why: [link.error.message, link.error.hint].filter(Boolean).join(' ') }),
  });
}
