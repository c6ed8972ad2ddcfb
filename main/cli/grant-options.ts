import { AgentError } from '../../drivers/kit/index.ts';
import type { Grants } from '../api/schemas/index.ts';

/** What a hub may do at a machine, as people name it. */
export const grantNames = ['read', 'act', 'install', 'care'] as const;

/** A list as `read,act`. Throws `invalid_parameter`. */
export function parseGrants(text: string): Grants {
  const named = text === 'none' ? [] : text.split(',').map((name) => parseGrant(name.trim()));
  const has = (name: (typeof grantNames)[number]) => named.includes(name);
  return { read: has('read'), act: has('act'), install: has('install'), care: has('care') };
}

/** One of them. Throws `invalid_parameter`. */
export function parseGrant(name: string): (typeof grantNames)[number] {
  const known = grantNames.find((candidate) => candidate === name);
  if (known !== undefined) return known;
  throw new AgentError('invalid_parameter', `${JSON.stringify(name)} is nothing that can be granted.`, {
    hint: `There are: ${grantNames.join(', ')}.`,
  });
}

/** `read, act`. */
export function grantWords(grants: Grants): string {
  return grantNames.filter((name) => grants[name]).join(', ') || 'nothing';
}
