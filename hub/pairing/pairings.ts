import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Typist } from '../../main/api/index.ts';
import { isSignedBy, keyWords, pairingProof } from '../../main/api/link/index.ts';
import {
  type Grants,
  grantsSchema,
  type PairedObject,
  type PairingApproval,
  type PairingBegin,
  type PairingCancelled,
  type PairingObject,
  type PairingPoll,
  type PairingStarted,
} from '../../main/api/schemas/index.ts';
import { type Database, jsonColumn } from '../../main/store/index.ts';
import type { AgentRegistry, AgentRow } from '../agents/registry.ts';
import { type Clock, instant } from '../clock.ts';
import type { HubIdentity } from '../hub-identity.ts';
import { placeOf } from '../partition.ts';
import { hashSecret, mintId, randomSecret } from '../secret.ts';
import { makeUserCode, normaliseUserCode } from './user-code.ts';
import type { WrongTries } from './wrong-tries.ts';

const LIFE_MS = 10 * 60_000;
const INTERVAL_S = 5;
/** Open at once: from everywhere, and from one address. */
const MOST_OPEN = 1_000;
const MOST_OPEN_OF_ONE = 10;

const rowSchema = z.object({
  id: z.string(),
  device_code_hash: z.string(),
  user_code: z.string(),
  public_key: z.string(),
  sealing_key: z.string().nullable(),
  name: z.string(),
  version: z.string(),
  address: z.string(),
  wanted: jsonColumn(grantsSchema),
  created_at: z.string(),
  expires_at: z.string(),
  decision: z.enum(['approved', 'denied']).nullable(),
  agent_id: z.string().nullable(),
});
type PairingRow = z.output<typeof rowSchema>;

/** What pairings work with. */
export interface PairingParts {
  readonly database: Database;
  readonly agents: AgentRegistry;
  readonly tries: WrongTries;
  readonly identity: () => HubIdentity;
  readonly paired: (row: AgentRow) => PairedObject;
  readonly clock: Clock;
}

/** Pairings by a code that a person types (RFC 8628 in shape). */
export interface Pairings {
  begin(body: PairingBegin, address: string): Promise<PairingStarted>;
  poll(body: PairingPoll): Promise<PairedObject>;
  /** By the machine: its code is good no longer, unless it was decided already. */
  cancel(body: PairingPoll): Promise<PairingCancelled>;
  get(typist: Typist, typed: string): PairingObject;
  approve(typist: Typist, typed: string, body: PairingApproval): Promise<PairingObject>;
  deny(typist: Typist, typed: string): Promise<PairingObject>;
}

/** Pairings as the database has them, so that a restart of the hub loses none. */
export function createPairings({ database, agents, tries, identity, paired, clock }: PairingParts): Pairings {
  /** When each was asked for last; whoever asks too soon after a restart is not told so. */
  const polledAt = new Map<string, number>();
  const read = (where: string, parameters: Readonly<Record<string, string>>) =>
    database.read(rowSchema, `SELECT * FROM pairings WHERE ${where}`, parameters);
  /** Neither over, nor from a time that the hub's clock has not come to: it was set back, and a code would last as much longer. */
  const isOpen = ({ created_at, expires_at }: PairingRow) => {
    const now = clock.now();
    return Date.parse(expires_at) > now && Date.parse(created_at) < now + LIFE_MS;
  };

  /** The open pairing of a code that a person typed; a wrong one counts against who typed it. */
  const byCode = (typist: Typist, typed: string): PairingRow => {
    tries.check(typist);
    const [row] = read('user_code = :code', { code: normaliseUserCode(typed) });
    if (row !== undefined && isOpen(row)) return row;
    tries.note(typist);
    if (row !== undefined) {
      throw new AgentError('expired_token', 'This code is over: it was good for 10 minutes.', {
        hint: 'Begin anew at the machine.',
      });
    }
    throw new AgentError('not_found', `No machine waits with the code ${JSON.stringify(typed.slice(0, 20))}.`, {
      hint: "Compare it with the machine's screen; a code is good for 10 minutes.",
    });
  };
  /** The pairing of a machine that knows its secret and has its key. */
  const ofMachine = ({ device_code, signature }: PairingPoll): PairingRow => {
    const [row] = read('device_code_hash = :hash', { hash: hashSecret(device_code) });
    const proof = pairingProof({ origin: identity().origin, code: device_code });
    if (row !== undefined && isSignedBy(row.public_key, proof, signature)) return row;
    throw new AgentError('access_denied', 'There is no pairing of this code and key.', {
      hint: 'Begin anew with: fibric-edge pair ORIGIN',
    });
  };
  const undecided = (row: PairingRow) => {
    if (row.decision === null) return;
    throw new AgentError('state_conflict', `This pairing was ${row.decision} already.`, {
      hint: 'Begin anew at the machine.',
    });
  };

  return {
    async begin({ public_key, sealing_key, name, version, grants }, address) {
      const now = clock.now();
      const open = database.read(
        z.object({ address: z.string() }),
        'SELECT address FROM pairings WHERE expires_at > :now AND decision IS NULL',
        { now: instant(now) },
      );
      if (open.length >= MOST_OPEN || open.filter((row) => row.address === address).length >= MOST_OPEN_OF_ONE) {
        throw new AgentError('rate_limited', 'Too many pairings are open.', {
          hint: 'Approve or let expire those that were begun; each is open for 10 minutes.',
          details: { retry_after_s: 60 },
        });
      }
      const deviceCode = randomSecret();
      const userCode = makeUserCode();
      await database.write([
        {
          sql: 'DELETE FROM pairings WHERE expires_at < :long_ago',
          parameters: { long_ago: instant(now - 24 * 3_600_000) },
        },
        {
          sql: `INSERT INTO pairings (id, device_code_hash, user_code, public_key, sealing_key, name, version, address, wanted, created_at, expires_at)
                VALUES (:id, :hash, :user_code, :public_key, :sealing_key, :name, :version, :address, :wanted, :created_at, :expires_at)`,
          parameters: {
            id: mintId('pr'),
            hash: hashSecret(deviceCode),
            user_code: userCode,
            public_key,
            sealing_key: sealing_key ?? null,
            name,
            version,
            address,
            wanted: JSON.stringify(grants),
            created_at: instant(now),
            expires_at: instant(now + LIFE_MS),
          },
        },
      ]);
      const { id, name: hubName, origin } = identity();
      return {
        object: 'pairing_started',
        device_code: deviceCode,
        user_code: userCode,
        verification_uri: `${origin}/pair`,
        verification_uri_complete: `${origin}/pair?code=${userCode}`,
        expires_in: LIFE_MS / 1_000,
        interval: INTERVAL_S,
        hub: { id, name: hubName, origin },
      };
    },
    async cancel(body) {
      const { id } = ofMachine(body);
      await database.write([
        {
          sql: "UPDATE pairings SET decision = 'denied' WHERE id = :id AND decision IS NULL",
          parameters: { id },
        },
      ]);
      return { object: 'pairing_cancelled' };
    },
    async poll(body) {
      const row = ofMachine(body);
      const agent = row.agent_id === null ? null : agents.find(row.agent_id);
      if (row.decision === 'approved' && agent !== null && agent.revoked_at === null) return paired(agent);
      if (row.decision !== null) {
        throw new AgentError('access_denied', 'The pairing was refused at the hub.', {
          hint: 'Ask who looks after the hub.',
        });
      }
      if (!isOpen(row)) {
        throw new AgentError('expired_token', 'The code was not approved within 10 minutes.', { hint: 'Begin anew.' });
      }
      const last = polledAt.get(row.id);
      polledAt.set(row.id, clock.monotonicMs());
      if (polledAt.size > MOST_OPEN) polledAt.clear();
      // A second of grace: the network does not keep the distance between two polls.
      if (last !== undefined && clock.monotonicMs() - last < (INTERVAL_S - 1) * 1_000) {
        throw new AgentError('slow_down', 'Polled too soon.', { hint: 'Wait 5 seconds longer between polls.' });
      }
      throw new AgentError('authorization_pending', 'Nobody has approved the code yet.', {
        hint: `Type ${row.user_code} at the hub.`,
      });
    },
    get: (typist, typed) => pairingObject(byCode(typist, typed)),
    async approve(typist, typed, body) {
      const { principal } = typist;
      const row = byCode(typist, typed);
      undecided(row);
      const words = body.key_words.trim().toLowerCase().split(/\s+/).join(' ');
      if (words !== keyWords(row.public_key)) {
        tries.note(typist);
        throw new AgentError('access_denied', "The key words are not those of this machine's key.", {
          hint: "Read them off the machine's screen. If they differ from what the hub shows, do not approve.",
        });
      }
      const { row: agent, statement } = agents.prepare(placeOf(principal), {
        name: body.name ?? row.name,
        publicKey: row.public_key,
        sealingKey: row.sealing_key,
        grants: narrowed(row.wanted, body.grants ?? row.wanted),
        version: row.version,
        pairedBy: principal.name,
      });
      await database.write([
        statement,
        {
          sql: "UPDATE pairings SET decision = 'approved', agent_id = :agent WHERE id = :id AND decision IS NULL",
          parameters: { agent: agent.id, id: row.id },
          expectChanges: 1,
        },
      ]);
      agents.admit(agent);
      return pairingObject({ ...row, decision: 'approved', agent_id: agent.id });
    },
    async deny(typist, typed) {
      const row = byCode(typist, typed);
      undecided(row);
      await database.write([
        {
          sql: "UPDATE pairings SET decision = 'denied' WHERE id = :id AND decision IS NULL",
          parameters: { id: row.id },
          expectChanges: 1,
        },
      ]);
      return pairingObject({ ...row, decision: 'denied' });
    },
  };
}

/** What both sides are content with. */
export function narrowed(offered: Grants, wanted: Grants): Grants {
  return {
    read: offered.read && wanted.read,
    act: offered.act && wanted.act,
    install: offered.install && wanted.install,
    care: offered.care && wanted.care,
  };
}

function pairingObject(row: PairingRow): PairingObject {
  const { user_code, name, version, address, wanted: grants, expires_at, decision } = row;
  const key_words = keyWords(row.public_key);
  return { object: 'pairing', user_code, name, version, key_words, address, grants, expires_at, decision };
}
