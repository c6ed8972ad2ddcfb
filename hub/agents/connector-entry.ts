import { z } from 'zod';
import { type ConnectorObject, kindSchema, statusSchema } from '../../main/api/schemas/index.ts';

/** What of a connector is kept in memory: what lists show, and what they are filtered and ordered by. */
export const connectorFactsSchema = z.object({
  listing: z.string(),
  name: z.string(),
  kind: kindSchema,
  status: statusSchema,
  capabilities: z.array(z.string()),
  createdAtMs: z.number(),
  simulated: z.boolean(),
});
type ConnectorFacts = z.output<typeof connectorFactsSchema>;

/** A connector as lists have it. Another one takes its place when it changes. */
export interface ConnectorEntry extends Readonly<Omit<ConnectorFacts, 'capabilities'>> {
  readonly id: string;
  readonly agentId: string;
  /** What its agent calls this content. */
  readonly digest: string;
  readonly capabilities: readonly string[];
}

/** The facts of a connector. */
export function factsOf(connector: ConnectorObject): ConnectorFacts {
  const { listing, name, kind, status, capabilities, created_at, simulated } = connector;
  const createdAtMs = Date.parse(created_at);
  return { listing, name, kind, status, capabilities: [...capabilities], createdAtMs, simulated };
}

/** How many words are remembered: enough for every listing and list of capabilities there is, and no way to fill the memory. */
const MOST_WORDS = 10_000;

/** Makes entries, in which the same word is the same string: a hundred thousand connectors are of a few dozen kinds. */
export function createEntries() {
  const words = new Map<string, string>();
  const lists = new Map<string, readonly string[]>();
  return (id: string, agentId: string, digest: string, facts: ConnectorFacts): ConnectorEntry => ({
    id,
    agentId,
    digest,
    listing: once(words, facts.listing, facts.listing),
    name: facts.name,
    kind: kindSchema.enum[facts.kind],
    status: statusSchema.enum[facts.status],
    capabilities: once(lists, facts.capabilities.join('\n'), facts.capabilities),
    createdAtMs: facts.createdAtMs,
    simulated: facts.simulated,
  });
}

function once<Value>(known: Map<string, Value>, key: string, value: Value): Value {
  const found = known.get(key);
  if (found !== undefined) return found;
  if (known.size >= MOST_WORDS) known.clear();
  known.set(key, value);
  return value;
}
