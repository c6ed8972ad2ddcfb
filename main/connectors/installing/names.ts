import { AgentError } from '../../../drivers/kit/index.ts';
import type { Directory } from '../directory/directory.ts';

/** Rejects with `invalid_parameter`. */
export function requireName(name: string): string {
  const trimmed = name.trim();
  if (trimmed.length >= 1 && trimmed.length <= 255) return trimmed;
  throw new AgentError('invalid_parameter', `name: 1 to 255 characters were expected, ${trimmed.length} given.`, {
    hint: 'Choose another name.',
    details: { parameter: 'name' },
  });
}

/** Rejects with `state_conflict`. */
export function requireFreeName(directory: Directory, name: string, forConnectorId: string | null): void {
  const other = directory.byName(name);
  if (other === null || other.id === forConnectorId) return;
  throw new AgentError('state_conflict', `The name "${name}" is taken by ${other.id}.`, {
    hint: 'Choose another name.',
  });
}
