import { AgentError } from '../../../drivers/kit/index.ts';
import type { LinkCall } from '../../api/link/index.ts';
import type { Grants, Scope } from '../../api/schemas/index.ts';

type Grant = keyof Grants;

/** The grant that each verb needs; what a call or MCP needs depends on the tool. */
const grantOfVerb: Readonly<Record<LinkCall['verb'], Grant>> = {
  'connector.call': 'read',
  'connector.preview': 'read',
  'connector.test': 'read',
  'connector.tests': 'read',
  'connector.readings': 'read',
  'connector.past_readings': 'read',
  'connector.health_timeline': 'read',
  // Bytes of every tool, and of what the device says by itself.
  'connector.wire': 'care',
  'connector.record_wire': 'care',
  'connector.clear_wire': 'care',
  'connector.install': 'install',
  'connector.remove': 'install',
  'connector.update': 'care',
  'device.identify': 'care',
  mcp: 'read',
};

const scopesOfGrant: Readonly<Record<Grant, readonly Scope[]>> = {
  read: ['connectors:read', 'tools:read'],
  act: ['tools:act'],
  install: ['connectors:write'],
  care: ['connectors:write'],
};

const words: Readonly<Record<Grant, string>> = {
  read: 'read',
  act: 'act',
  install: 'install or uninstall',
  care: 'change settings, identify devices or see wires',
};

/** Scopes that grants come to. */
export function scopesOf(grants: Grants): ReadonlySet<Scope> {
  const given = (['read', 'act', 'install', 'care'] as const).filter((grant) => grants[grant]);
  return new Set(given.flatMap((grant) => scopesOfGrant[grant]));
}

/** Throws `insufficient_scope` where this machine has not granted it, and says what to grant where. */
export function requireGrant(grants: Grants, grant: Grant): void {
  if (grants[grant]) return;
  throw new AgentError('insufficient_scope', `This machine does not let its hub ${words[grant]}.`, {
    hint: `On the machine: fibric-edge cloud grant ${grant} (or in its window, under Cloud).`,
    details: { grant },
  });
}

/** What a verb needs before anything is looked at. */
export function requireGrantOf(grants: Grants, { verb }: LinkCall): void {
  requireGrant(grants, grantOfVerb[verb]);
}
