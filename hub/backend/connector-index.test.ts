import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ConnectorEntry } from '../agents/connector-entry.ts';
import { createConnectorIndex } from './connector-index.ts';

const statuses = ['connected', 'pending_auth', 'error'] as const;
const kinds = ['hardware', 'saas'] as const;
const capabilities = ['weight.read', 'scale.zero', 'label.print'];

/** A connector and the status it is shown with. */
interface Listed {
  readonly entry: ConnectorEntry;
  readonly status: ConnectorEntry['status'];
}

const listed: fc.Arbitrary<Listed> = fc.record({
  entry: fc.record({
    id: fc.nat(15).map((number) => `cn_${number}`),
    agentId: fc.constant('agt_1'),
    digest: fc.constant(''),
    listing: fc.constant('cn-sample'),
    name: fc.constantFrom('scale', 'printer', 'door'),
    kind: fc.constantFrom(...kinds),
    status: fc.constant('connected' as const),
    capabilities: fc.subarray(capabilities),
    // Few, so that many are of the same moment.
    createdAtMs: fc.nat(3).map((second) => second * 1_000),
    simulated: fc.constant(false),
  }),
  status: fc.constantFrom(...statuses),
});
const filter = fc.record({
  capability: fc.option(fc.constantFrom(...capabilities, 'door.open'), { nil: undefined }),
  kind: fc.option(fc.constantFrom(...kinds), { nil: undefined }),
  status: fc.option(fc.constantFrom(...statuses), { nil: undefined }),
});
type Filter = typeof filter extends fc.Arbitrary<infer Value> ? Value : never;

const limit = fc.integer({ min: 1, max: 6 });
/** Puts a connector in the place of the one of its id, takes that away, or shows it with another status. */
const change = fc.record({ listed, stays: fc.boolean(), onlyStatus: fc.boolean() });
type Change = typeof change extends fc.Arbitrary<infer Value> ? Value : never;

/** An index, and what is in it as plainly as can be. */
function createPair() {
  const plain = new Map<string, Listed>();
  const index = createConnectorIndex(({ id }) => plain.get(id)?.status ?? 'error');
  return {
    index,
    plain,
    apply({ listed: next, stays, onlyStatus }: Change) {
      const before = plain.get(next.entry.id);
      if (before !== undefined && stays && onlyStatus) {
        plain.set(before.entry.id, { ...before, status: next.status });
        return index.changeStatus(before.entry, before.status);
      }
      if (before !== undefined) index.remove(before.entry);
      plain.delete(next.entry.id);
      if (!stays) return;
      plain.set(next.entry.id, next);
      index.add(next.entry);
    },
  };
}

function wanted(all: Iterable<Listed>, { capability, kind, status }: Partial<Filter>): readonly string[] {
  const order = (left: ConnectorEntry, right: ConnectorEntry) =>
    right.createdAtMs - left.createdAtMs || (left.id < right.id ? -1 : 1);
  return [...all]
    .filter(
      (one) =>
        (capability === undefined || one.entry.capabilities.includes(capability)) &&
        (kind === undefined || one.entry.kind === kind) &&
        (status === undefined || one.status === status),
    )
    .map(({ entry }) => entry)
    .sort(order)
    .map(({ id }) => id);
}

describe('the list of connectors', () => {
  it('is in pages what a plain filter of all of them is', () => {
    fc.assert(
      fc.property(fc.array(change, { maxLength: 60 }), filter, limit, (changes, given, size) => {
        const { index, plain, apply } = createPair();
        for (const each of changes) apply(each);
        const seen: string[] = [];
        for (let position: string | null = null; ; ) {
          const page = index.page(given, { limit: size, position });
          seen.push(...page.items.map(({ id }) => id));
          if (page.next === null) break;
          // A page that has another behind it is full.
          expect(page.items).toHaveLength(size);
          position = page.next;
        }
        expect(seen).toEqual(wanted(plain.values(), given));
        const named = capabilities.filter((capability) => wanted(plain.values(), { capability }).length > 0).sort();
        expect(index.capabilities()).toEqual(named);
        for (const capability of capabilities) {
          expect(Array.from(index.having(capability), ({ id }) => id)).toEqual(wanted(plain.values(), { capability }));
          expect(index.has(capability)).toBe(named.includes(capability));
        }
        for (const name of ['scale', 'printer', 'door']) {
          expect(index.isShared(name)).toBe([...plain.values()].filter(({ entry }) => entry.name === name).length > 1);
        }
      }),
    );
  });

  it('shows what stays once, to whoever turns pages while others come, change and go', () => {
    const turns = fc.array(fc.array(change, { maxLength: 4 }), { maxLength: 30 });
    fc.assert(
      fc.property(fc.array(change, { maxLength: 40 }), filter, limit, turns, (changes, given, size, between) => {
        const { index, plain, apply } = createPair();
        for (const each of changes) apply(each);
        const touched = new Set<string>();
        const before = wanted(plain.values(), given);
        const seen: string[] = [];
        let position: string | null = null;
        for (let turn = 0; ; turn += 1) {
          const page = index.page(given, { limit: size, position });
          seen.push(...page.items.map(({ id }) => id));
          if (page.next === null) break;
          position = page.next;
          for (const each of between[turn] ?? []) {
            touched.add(each.listed.entry.id);
            apply(each);
          }
        }
        const untouched = (ids: readonly string[]) => ids.filter((id) => !touched.has(id));
        expect(untouched(seen)).toEqual(untouched(before));
      }),
    );
  });

  it('refuses a position that nobody gave', () => {
    const { index } = createPair();
    for (const position of ['', 'x', 'yesterday cn_1', ' cn_1']) {
      expect(() => index.page({}, { limit: 10, position })).toThrow('cursor');
    }
  });
});
