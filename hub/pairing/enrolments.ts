import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { isSignedBy, pairingProof } from '../../main/api/link/index.ts';
import {
  type CreatedEnrolment,
  type EnrolBody,
  type EnrolmentBody,
  type EnrolmentObject,
  grantsSchema,
  type PairedObject,
  usualGrants,
} from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn, type Statement } from '../../main/store/index.ts';
import type { AgentRegistry, AgentRow } from '../agents/registry.ts';
import { type Clock, instant } from '../clock.ts';
import type { HubIdentity } from '../hub-identity.ts';
import { noSuch, type Place } from '../partition.ts';
import { hashSecret, hintOf, mintId, randomSecret } from '../secret.ts';
import { narrowed } from './pairings.ts';

const PREFIX = 'he_';

const rowSchema = z.object({
  id: z.string(),
  tenant_id: z.string(),
  mode: z.enum(['live', 'test']),
  hash: z.string(),
  hint: z.string(),
  name_pattern: z.string(),
  grants: jsonColumn(grantsSchema),
  uses_left: z.int(),
  created_at: z.string(),
  expires_at: z.string(),
  revoked_at: z.string().nullable(),
});
type EnrolmentRow = z.output<typeof rowSchema>;

/** Tokens with which machines pair by themselves: for an image that is put on many. */
export interface Enrolments {
  create(
    place: Place,
    body: EnrolmentBody,
    alongside?: (made: CreatedEnrolment) => readonly Statement[],
  ): Promise<CreatedEnrolment>;
  list(place: Place): readonly EnrolmentObject[];
  revoke(place: Place, enrolmentId: string): Promise<EnrolmentObject>;
  /** Rejects with `access_denied` for a token that is spent, expired, revoked or for other names, without saying which. */
  use(body: EnrolBody): Promise<PairedObject>;
}

/** Enrolment tokens as the database has them; only their hashes. */
export function createEnrolments(parts: {
  readonly database: Database;
  readonly agents: AgentRegistry;
  readonly identity: () => HubIdentity;
  readonly paired: (row: AgentRow) => PairedObject;
  readonly clock: Clock;
}): Enrolments {
  const { database, agents, identity, paired, clock } = parts;
  const read = (where: string, parameters: Readonly<Record<string, string>>) =>
    database.read(rowSchema, `SELECT * FROM enrolments WHERE ${where} ORDER BY created_at DESC, id`, parameters);
  const get = ({ tenantId, mode }: Place, id: string): EnrolmentRow => {
    const [row] = read('id = :id AND tenant_id = :tenantId AND mode = :mode', { id, tenantId, mode });
    if (row === undefined) throw noSuch('enrolment', id);
    return row;
  };

  return {
    async create(
      { tenantId, mode },
      { name_pattern, uses, expires_in_ms, grants = usualGrants },
      alongside = () => [],
    ) {
      const token = PREFIX + randomSecret();
      const row: EnrolmentRow = {
        id: mintId('enr'),
        tenant_id: tenantId,
        mode,
        hash: hashSecret(token),
        hint: hintOf(PREFIX, token),
        name_pattern,
        grants,
        uses_left: uses,
        created_at: instant(clock.now()),
        expires_at: instant(clock.now() + expires_in_ms),
        revoked_at: null,
      };
      const made: CreatedEnrolment = { ...enrolmentObject(row), token };
      await database.write([
        {
          sql: `INSERT INTO enrolments (id, tenant_id, mode, hash, hint, name_pattern, grants, uses_left, created_at, expires_at, revoked_at)
                VALUES (:id, :tenant_id, :mode, :hash, :hint, :name_pattern, :grants, :uses_left, :created_at, :expires_at, :revoked_at)`,
          parameters: { ...row, grants: JSON.stringify(grants) },
        },
        ...alongside(made),
      ]);
      return made;
    },
    list: ({ tenantId, mode }) =>
      read('tenant_id = :tenantId AND mode = :mode', { tenantId, mode }).map(enrolmentObject),
    async revoke(place, id) {
      const row = get(place, id);
      const at = row.revoked_at ?? instant(clock.now());
      await database.write([{ sql: 'UPDATE enrolments SET revoked_at = :at WHERE id = :id', parameters: { at, id } }]);
      return enrolmentObject({ ...row, revoked_at: at });
    },
    async use({ token, signature, public_key, sealing_key, name, version, grants }) {
      const [row] = read('hash = :hash', { hash: hashSecret(token) });
      const usable =
        row !== undefined &&
        row.revoked_at === null &&
        row.uses_left > 0 &&
        Date.parse(row.expires_at) > clock.now() &&
        matchesName(row.name_pattern, name) &&
        isSignedBy(public_key, pairingProof({ origin: identity().origin, code: token }), signature);
      if (!usable) {
        throw new AgentError('access_denied', `This enrolment token does not take in a machine called ${name}.`, {
          hint: 'It may be spent, expired, revoked, or for other names. Ask who looks after the hub.',
        });
      }
      const place: Place = { tenantId: row.tenant_id, mode: row.mode };
      const { row: agent, statement } = agents.prepare(place, {
        name,
        publicKey: public_key,
        sealingKey: sealing_key ?? null,
        grants: narrowed(grants, row.grants),
        version,
        pairedBy: `enrolment ${row.hint}`,
      });
      await database.write([
        statement,
        {
          sql: 'UPDATE enrolments SET uses_left = uses_left - 1 WHERE id = :id AND uses_left > 0 AND revoked_at IS NULL',
          parameters: { id: row.id },
          expectChanges: 1,
        },
      ]);
      agents.admit(agent);
      return paired(agent);
    },
  };
}

/** Whether a name fits a pattern in which `*` stands for any text. */
export function matchesName(pattern: string, name: string): boolean {
  const parts = pattern.split('*').map((part) => part.replaceAll(/[.*+?^${}()|[\]\\]/g, '\\$&'));
  return new RegExp(`^${parts.join('.*')}$`, 'su').test(name);
}

function enrolmentObject({ tenant_id: _, mode: __, hash: ___, ...row }: EnrolmentRow): EnrolmentObject {
  return { ...row, object: 'enrolment' };
}
