import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Plan } from '../../drivers/kit/index.ts';

/**
 * The two ends of the rule that no harmful frame leaves without a journal row: the journal mints a permit after its row
 * is on disk; the session redeems it for exactly the planned bytes, once. The key never leaves this object, so that
 * nobody else can make one, also when the two ends live in different processes (the key is then handed over at start).
 */
export interface PermitAuthority {
  /** For the journal only: after the row `journalId` with state `sent` is durable. */
  mint(journalId: string, plan: Plan): string;
  /** For the session only: whether `permit` was minted for this plan and has not been redeemed before. */
  redeem(permit: string, plan: Plan): boolean;
}

/** Makes a pair of ends with a key of its own. */
export function createPermitAuthority(): PermitAuthority {
  const key = randomBytes(32);
  const live = new Set<string>();
  const sign = (journalId: string, plan: Plan) =>
    createHmac('sha256', key).update(journalId).update('\0').update(planDigest(plan)).digest('base64url');
  return {
    mint(journalId, plan) {
      const permit = `${journalId}.${sign(journalId, plan)}`;
      live.add(permit);
      return permit;
    },
    redeem(permit, plan) {
      const dot = permit.lastIndexOf('.');
      const expected = Buffer.from(sign(permit.slice(0, dot), plan));
      const given = Buffer.from(permit.slice(dot + 1));
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
      return live.delete(permit);
    },
  };
}

/** SHA-256 over the frames of a plan, length-prefixed, hex. */
function planDigest(plan: Plan): string {
  const hash = createHash('sha256');
  for (const frame of plan.frames) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.bytes.length);
    hash.update(length).update(frame.bytes);
  }
  return hash.digest('hex');
}
