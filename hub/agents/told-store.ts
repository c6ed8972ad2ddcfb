import { z } from 'zod';
import type { DeviceObject } from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn } from '../../main/store/index.ts';
import type { Clock } from '../clock.ts';
import { connectorFactsSchema } from './connector-entry.ts';
import { bodySchemas, type ConnectorBody, fingerprintOfForms } from './told-bodies.ts';
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
/** What is stored was read by its whole schema before, and again when that changed: a call need not wait for it once more. */
const connectorText = z.string().transform((text): ConnectorBody => JSON.parse(text));
const deviceText = z.string().transform((text): DeviceObject => JSON.parse(text).device);

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
  /** Null when there is none. */
  connector(id: string): ConnectorBody | null;
  /** By id, of those that there are. */
  devices(ids: readonly string[]): ReadonlyMap<string, DeviceObject>;
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
  const stored = (ids: readonly string[]) => {
    const rows = database.read(
      textSchema,
      'SELECT id, body FROM told WHERE id IN (SELECT value FROM json_each(:ids))',
      { ids: JSON.stringify(ids) },
    );
    return new Map(rows.map(({ id, body }) => [id, body]));
  };
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
    connector(id) {
      const waiting = behind.waiting(`item/${id}`);
      const text = waiting === undefined ? stored([id]).get(id) : waiting.text;
      return text == null ? null : connectorText.parse(text);
    },
    devices(ids) {
      const found = stored(ids);
      for (const id of ids) {
        const waiting = behind.waiting(`item/${id}`);
        if (waiting?.text != null) found.set(id, waiting.text);
        else if (waiting !== undefined) found.delete(id);
      }
      return new Map([...found].map(([id, text]) => [id, deviceText.parse(text)]));
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
    // This version may know more of them than the one that stored them: each is told anew.
    { sql: "UPDATE told SET digest = ''" },
    // They are few, and every agent tells its own again.
    { sql: 'DELETE FROM told_catalogues' },
    { sql: 'DELETE FROM told_listings' },
    {
      sql: `INSERT INTO settings (key, value) VALUES ('told_form', :form) ON CONFLICT (key) DO UPDATE SET value = :form`,
      parameters: { form },
    },
  ]);
}
