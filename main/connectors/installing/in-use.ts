import { AgentError } from '../../../drivers/kit/index.ts';
import type { Directory } from '../directory/directory.ts';
import type { HealthTracker } from '../health/health-tracker.ts';
import type { Operators } from '../operators/operators.ts';

/**
 * Rejects with `connector_in_use` when an active operator needs a capability that would be gone with this connector.
 * Another connector stands in for it when it declares the capability and is `connected`; one that does not work stands in
 * only for one that does not work either, since nothing is lost then. Throws `not_found`.
 */
export function requireNotInUse(
  parts: { readonly directory: Directory; readonly health: HealthTracker; readonly operators: Operators },
  connectorId: string,
): void {
  const { directory, health, operators } = parts;
  const isConnected = (id: string) => health.state(id).status === 'connected';
  const others = directory.all().filter(({ id }) => id !== connectorId);
  const works = isConnected(connectorId);
  const active = operators.all().filter(({ status }) => status === 'active');

  const alone = directory
    .get(connectorId)
    .tools.map(({ capability }) => capability)
    .filter((capability) => {
      const declared = others.filter(({ tools }) => tools.some((tool) => tool.capability === capability));
      return !declared.some(({ id }) => !works || isConnected(id));
    });
  const dependents = active.filter((operator) => operator.capabilities.some((name) => alone.includes(name)));
  if (dependents.length === 0) return;

  const capabilities = alone.filter((name) => dependents.some((operator) => operator.capabilities.includes(name)));
  const ids = dependents.map(({ id }) => id);
  const one = capabilities.length === 1;
  const broken = others.filter(({ tools }) => tools.some(({ capability }) => capabilities.includes(capability)));
  throw new AgentError(
    'connector_in_use',
    `${capabilities.join(', ')} ${one ? 'is' : 'are'} fulfilled only by ${connectorId}; operators ${ids.join(', ')} depend on ${one ? 'it' : 'them'}.`,
    {
      hint:
        broken.length === 0
          ? 'Pause the operators, or install another connector with the same capabilities first.'
          : `Pause the operators, or mend ${broken.map(({ name }) => name).join(', ')}, which would do but is not connected.`,
      details: { capabilities: [...capabilities], operators: ids },
    },
  );
}
