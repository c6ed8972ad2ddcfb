import { z } from 'zod';
import { type Database, jsonColumn } from '../../main/store/index.ts';
import type { Clock } from '../clock.ts';
import { connectorFactsSchema } from './connector-entry.ts';
import { bodySchemas, fingerprintOfForms } from './told-bodies.ts';
import { createWriteBehind } from './write-behind.ts';

const base = { id: z.string(), agent_id: z.string(), digest: z.string() };
const rowSchema = z.discriminatedUnion('kind', [
  z.object({ ...base, kind: z.literal('connector'), facts: jsonColumn(connectorFactsSchema) }),
  z.object({ ...base, kind: z.literal('device'), facts: z.string() }),
]);
/** A connector or device as it is kept, without its body. */
export type ToldRow = z.output<typeof rowSchema>;

const catalogueSchema = z.object({
  agent_id: z.string(),
  /** Of each listing its content and what its agent calls that. */
  listings: jsonColumn(z.array(z.tuple([z.string(), z.string()]))),
});
const listingSchema = z.object({ hash: z.string(), body: jsonColumn(bodySchemas.listing) });
const textSchema = z.object({ id: z.string(), body: z.string() });

/** What agents told, on disk. Writes are stored a little later, and seen by readers at once; a kill may undo the last ones. */
export interface ToldStore {
  rows(): readonly ToldRow[];
  catalogues(): readonly z.output<typeof catalogueSchema>[];
  listings(): readonly z.output<typeof listingSchema>[];
  put(row: {
    readonly id: string;
    readonly agentId: string;
    readonly kind: 'connector' | 'device';
    readonly digest: string;
    readonly facts: object;
    readonly body: object;
  }): void;
  remove(id: string): void;
  /** JSON; null when there is none. */
  body(id: string): string | null;
  /** By id, of those that there are. */
  bodies(ids: readonly string[]): ReadonlyMap<string, string>;
  putListing(hash: string, body: string): void;
  removeListing(hash: string): void;
  putCatalogue(agentId: string, listings: readonly (readonly [hash: string, digest: string])[]): void;
  removeCatalogue(agentId: string): void;
  /** As of {@link createWriteBehind}. */
  backlog(): Promise<void> | null;
  close(): Promise<void>;
}

/** Opens it, and drops what an older version has stored in a form that this one does not understand. */
export async function openToldStore(
  database: Database,
  clock: Clock,
  onFault: (error: unknown) => void,
): Promise<ToldStore> {
  await dropOtherForms(database);
  const behind = createWriteBehind(database, clock, onFault);
  const put = (key: string, text: string | null, sql: string, parameters: Readonly<Record<string, string>>) =>
    behind.put(key, { statement: { sql, parameters }, text });
  return {
    rows: () => database.read(rowSchema, 'SELECT id, agent_id, kind, digest, facts FROM told'),
    catalogues: () => database.read(catalogueSchema, 'SELECT agent_id, listings FROM told_catalogues'),
    listings: () => database.read(listingSchema, 'SELECT hash, body FROM told_listings'),
    put({ id, agentId, kind, digest, facts, body }) {
      const text = JSON.stringify(body);
      put(
        `item/${id}`,
        text,
        `INSERT OR REPLACE INTO told (id, agent_id, kind, digest, facts, body)
         VALUES (:id, :agentId, :kind, :digest, :facts, :body)`,
        { id, agentId, kind, digest, facts: JSON.stringify(facts), body: text },
      );
    },
    remove: (id) => put(`item/${id}`, null, 'DELETE FROM told WHERE id = :id', { id }),
    body(id) {
      const waiting = behind.waiting(`item/${id}`);
      if (waiting !== undefined) return waiting.text;
      return database.read(textSchema, 'SELECT id, body FROM told WHERE id = :id', { id })[0]?.body ?? null;
    },
    bodies(ids) {
      const stored = database.read(
        textSchema,
        'SELECT id, body FROM told WHERE id IN (SELECT value FROM json_each(:ids))',
        { ids: JSON.stringify(ids) },
      );
      const found = new Map(stored.map(({ id, body }) => [id, body]));
      for (const id of ids) {
        const waiting = behind.waiting(`item/${id}`);
        if (waiting?.text != null) found.set(id, waiting.text);
        else if (waiting !== undefined) found.delete(id);
      }
      return found;
    },
    putListing: (hash, body) =>
      put(`listing/${hash}`, null, 'INSERT OR REPLACE INTO told_listings (hash, body) VALUES (:hash, :body)', {
        hash,
        body,
      }),
    removeListing: (hash) => put(`listing/${hash}`, null, 'DELETE FROM told_listings WHERE hash = :hash', { hash }),
    putCatalogue: (agentId, listings) =>
      put(
        `catalogue/${agentId}`,
        null,
        'INSERT OR REPLACE INTO told_catalogues (agent_id, listings) VALUES (:agentId, :listings)',
        { agentId, listings: JSON.stringify(listings) },
      ),
    removeCatalogue: (agentId) =>
      put(`catalogue/${agentId}`, null, 'DELETE FROM told_catalogues WHERE agent_id = :agentId', { agentId }),
    backlog: () => behind.backlog(),
    close: () => behind.close(),
  };
}

/** Rows read at once while all are looked through. */
const STEP = 200;

/** Bodies are read one by one when they are asked for; whether they can be is found out when this program's forms have changed. */
async function dropOtherForms(database: Database): Promise<void> {
  const form = fingerprintOfForms();
  const setting = z.object({ value: z.string() });
  const [known] = database.read(setting, "SELECT value FROM settings WHERE key = 'told_form'");
  if (known?.value === form) return;
  const wrong: string[] = [];
  const step = z.object({ rowid: z.int(), id: z.string(), kind: z.enum(['connector', 'device']), body: z.string() });
  for (let after = 0; ; ) {
    const rows = database.read(
      step,
      `SELECT rowid, id, kind, body FROM told WHERE rowid > :after ORDER BY rowid LIMIT ${STEP}`,
      { after },
    );
    for (const { id, kind, body } of rows) if (!bodySchemas[kind].safeParse(JSON.parse(body)).success) wrong.push(id);
    const last = rows.at(-1);
    if (last === undefined) break;
    after = last.rowid;
  }
  await database.write([
    {
      sql: 'DELETE FROM told WHERE id IN (SELECT value FROM json_each(:ids))',
      parameters: { ids: JSON.stringify(wrong) },
    },
    // They are few, and every agent tells its own again.
    { sql: 'DELETE FROM told_catalogues' },
    { sql: 'DELETE FROM told_listings' },
    {
      sql: `INSERT INTO settings (key, value) VALUES ('told_form', :form) ON CONFLICT (key) DO UPDATE SET value = :form`,
      parameters: { form },
    },
  ]);
}
