import { z } from 'zod';
import type { Database } from '../../../main/store/index.ts';
import type { Place } from '../../partition.ts';

/** As on a machine: leaves room for two underscores and a tool's name within 48 characters. */
const LONGEST = 24;
/** Of that, so much may name the machine. */
const LONGEST_OF_AGENT = 12;

const rowSchema = z.object({
  tenant_id: z.string(),
  mode: z.enum(['live', 'test']),
  slug: z.string(),
  agent_id: z.string(),
  local_slug: z.string(),
});

/** A connector by what its machine calls it in aggregated names. */
export interface LocalSlug {
  readonly agentId: string;
  readonly agentName: string;
  readonly slug: string;
}

/**
 * What connectors are called in aggregated names at a hub. One name means one slug of one machine, for good: a name that
 * somebody knows never comes to mean a device of the same name at another machine.
 */
export interface Slugs {
  /** Null until it has one that is stored. */
  get(local: Pick<LocalSlug, 'agentId' | 'slug'>): string | null;
  /** Gives one to each that has none; resolves when all are stored. */
  assign(place: Place, locals: readonly LocalSlug[]): Promise<void>;
}

/** Reads those that were given. */
export function createSlugs(database: Database): Slugs {
  const stored = new Map<string, string>();
  const taken = new Set<string>();
  const underWay = new Map<string, Promise<unknown>>();
  const keyOf = ({ agentId, slug }: Pick<LocalSlug, 'agentId' | 'slug'>) => `${agentId}/${slug}`;
  const takenKey = ({ tenantId, mode }: Place, slug: string) => `${tenantId}/${mode}/${slug}`;
  for (const row of database.read(rowSchema, 'SELECT * FROM mcp_slugs')) {
    stored.set(keyOf({ agentId: row.agent_id, slug: row.local_slug }), row.slug);
    taken.add(takenKey({ tenantId: row.tenant_id, mode: row.mode }, row.slug));
  }

  const store = async (place: Place, local: LocalSlug): Promise<void> => {
    const slug = namesFor(local).find((name) => !taken.has(takenKey(place, name))) ?? '';
    taken.add(takenKey(place, slug));
    await database.write([
      {
        sql: `INSERT INTO mcp_slugs (tenant_id, mode, slug, agent_id, local_slug)
              VALUES (:tenantId, :mode, :slug, :agentId, :local)`,
        parameters: { tenantId: place.tenantId, mode: place.mode, slug, agentId: local.agentId, local: local.slug },
      },
    ]);
    stored.set(keyOf(local), slug);
  };

  return {
    get: (local) => stored.get(keyOf(local)) ?? null,
    async assign(place, locals) {
      await Promise.all(
        locals.map((local) => {
          const key = keyOf(local);
          if (stored.has(key)) return null;
          const running = underWay.get(key) ?? store(place, local).finally(() => underWay.delete(key));
          underWay.set(key, running);
          return running;
        }),
      );
    },
  };
}

/** Names for a connector, the best first: its own, with its machine's, with a number. */
function* namesFor({ slug, agentName }: LocalSlug): Generator<string> {
  const base = plain(slug) || 'connector';
  yield base.slice(0, LONGEST);
  const agent = plain(agentName).slice(0, LONGEST_OF_AGENT).replace(/_$/, '');
  if (agent !== '') yield joined(base, agent);
  for (let number = 2; ; number += 1) yield joined(base, String(number));
}

function joined(base: string, end: string): string {
  return `${base.slice(0, LONGEST - end.length - 1).replace(/_$/, '')}_${end}`;
}

/** Lower case, digits and single underscores, whatever a machine or a person wrote. */
function plain(text: string): string {
  return text
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '');
}
