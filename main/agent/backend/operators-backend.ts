import type { ConnectorsBackend } from '../../api/index.ts';
import type { CapabilityUse, OperatorObject } from '../../api/schemas/index.ts';
import type { ConnectorService, Operator } from '../../connectors/index.ts';
import { bindingStatement } from '../../store/index.ts';

/** The operators of this machine, and what connectors do for them. */
export function createOperatorsBackend(
  service: ConnectorService,
): Pick<
  ConnectorsBackend,
  'listOperators' | 'getOperator' | 'createOperator' | 'updateOperator' | 'removeOperator' | 'listCapabilities'
> {
  const { operators } = service;
  const shown = (operator: Operator): OperatorObject => {
    const had = new Set(service.list().flatMap(({ capabilities }) => capabilities));
    return { ...operator, object: 'operator', unfulfilled: operator.capabilities.filter((name) => !had.has(name)) };
  };
  return {
    async listOperators(_principal, { status, capability }) {
      return operators
        .all()
        .filter(
          (operator) =>
            (status === undefined || operator.status === status) &&
            (capability === undefined || operator.capabilities.includes(capability)),
        )
        .map(shown);
    },
    getOperator: async (_principal, id) => shown(operators.get(id)),
    createOperator: async (_principal, body, record) =>
      shown(
        await operators.create(body, record === null ? undefined : (made) => [bindingStatement(record(shown(made)))]),
      ),
    async updateOperator(_principal, id, { name, capabilities, status }) {
      const changed = await operators.change(id, {
        ...(name === undefined ? {} : { name }),
        ...(capabilities === undefined ? {} : { capabilities }),
        ...(status === undefined ? {} : { status }),
      });
      return shown(changed);
    },
    removeOperator: (_principal, id) => operators.remove(id),
    async listCapabilities() {
      const connectors = service.list();
      const needs = operators.all();
      const names = new Set([
        ...connectors.flatMap(({ capabilities }) => capabilities),
        ...needs.flatMap(({ capabilities }) => capabilities),
      ]);
      return [...names].sort().map((capability): CapabilityUse => {
        const having = connectors.filter(({ capabilities }) => capabilities.includes(capability));
        return {
          capability,
          fulfilled: having.some(({ status }) => status === 'connected'),
          connectors: having.map(({ id, name, status }) => ({ id, name, status })),
          operators: needs
            .filter(({ capabilities }) => capabilities.includes(capability))
            .map(({ id, name, status }) => ({ id, name, status })),
        };
      });
    },
  };
}
