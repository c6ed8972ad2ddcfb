import { AgentError } from '../../../drivers/kit/index.ts';

/** The vault's entry of the key for Fibric's API. */
export const fibricKeyEntry = 'cloud/fibric/key';

/** Whether what is done with a key is real. Throws `invalid_parameter` for what is no key. */
export function modeOfKey(key: string): 'live' | 'test' {
  const [, mode] = /^sk_(live|test)_[\x21-\x7e]{4,500}$/.exec(key) ?? [];
  if (mode === 'live' || mode === 'test') return mode;
  throw new AgentError('invalid_parameter', 'That is no key of Fibric: they begin with sk_live_ or sk_test_.', {
    hint: 'Make a key with connectors:read, connectors:write and events:write in the Fibric console, and give it whole.',
    details: { parameter: 'key' },
  });
}

/** What may be shown of a key, as the platform shows it: its beginning and its last four. */
export function hintOfKey(key: string): string {
  return `sk_${modeOfKey(key)}_...${key.length > 16 ? key.slice(-4) : ''}`;
}
