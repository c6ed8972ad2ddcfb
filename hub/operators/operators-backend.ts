import type { ConnectorsBackend } from '../../main/api/index.ts';
import type { CapabilityUse, OperatorObject } from '../../main/api/schemas/index.ts';
import { bindingStatement } from '../../main/store/index.ts';
import type { View } from '../backend/view.ts';
import { type Place, placeOf } from '../partition.ts';
import type { OperatorRow, Operators } from './operators.ts';

/** The operators of a tenant, and what connectors on its machines do for them. */
export function createOperatorsBackend({
  operators,
  view,
}: {
  readonly operators: Operators;
  readonly view: Pick<View, 'has' | 'capabilities'>;
}): Pick<
  ConnectorsBackend,
  'listOperators' | 'getOperator' | 'createOperator' | 'updateOperator' | 'removeOperator' | 'listCapabilities'
> {
  const shownIn =
    (place: Place) =>
    ({ id, name, capabilities, status, created_at }: OperatorRow): OperatorObject => ({
      id,
      object: 'operator',
      name,
      capabilities,
      status,
      unfulfilled: capabilities.filter((capability) => !view.has(place, capability)),
      created_at,
    });
  return {
    async listOperators(principal, { status, capability }) {
      const place = placeOf(principal);
      return operators
        .list(place)
        .filter(
          (operator) =>
            (status === undefined || operator.status === status) &&
            (capability === undefined || operator.capabilities.includes(capability)),
        )
        .map(shownIn(place));
    },
    async getOperator(principal, id) {
      const place = placeOf(principal);
      return shownIn(place)(operators.get(place, id));
    },
    async createOperator(principal, body, record) {
      const place = placeOf(principal);
      const shown = shownIn(place);
      const alongside = record === null ? undefined : (made: OperatorRow) => [bindingStatement(record(shown(made)))];
      return shown(await operators.create(place, body, alongside));
    },
    async updateOperator(principal, id, change) {
      const place = placeOf(principal);
      return shownIn(place)(await operators.change(place, id, change));
    },
    removeOperator: async (principal, id) => operators.remove(placeOf(principal), id),
    async listCapabilities(principal) {
      const inSight = await view.capabilities(principal);
      const had = new Map(inSight.map(({ capability, connectors }) => [capability, connectors] as const));
      const needs = operators.list(placeOf(principal));
      const names = new Set([...had.keys(), ...needs.flatMap(({ capabilities }) => capabilities)]);
      return [...names].sort().map((capability): CapabilityUse => {
        const connectors = had.get(capability) ?? [];
        return {
          capability,
          fulfilled: connectors.some(({ status }) => status === 'connected'),
          connectors,
          operators: needs
            .filter(({ capabilities }) => capabilities.includes(capability))
            .map(({ id, name, status }) => ({ id, name, status })),
        };
      });
    },
  };
}
