import { createHash, createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Plan, PlannedFrame } from '../../drivers/kit/index.ts';

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
  /** For the journal only: leave to send the release frames of a row's timed plan, after the agent that sent the plan is gone. */
  mintRelease(journalId: string, plan: Plan): string;
  /** For the session only: whether `permit` was minted for these release frames. Good as often as needed. */
  redeemRelease(permit: string, plan: Plan): boolean;
}

/** The row that a permit was minted for. True only of a permit that was redeemed. */
export function journalIdOf(permit: string): string {
  return permit.slice(0, permit.lastIndexOf('.'));
}

/** Makes a pair of ends with a key of its own. */
export function createPermitAuthority(): PermitAuthority {
  const key = randomBytes(32);
  const live = new Set<string>();
  const sign = (purpose: 'act' | 'release', journalId: string, digest: string) =>
    createHmac('sha256', key).update(`${purpose}\0${journalId}\0${digest}`).digest('base64url');
  const isSigned = (permit: string, expected: string) => {
    const [wanted, given] = [Buffer.from(expected), Buffer.from(permit.slice(permit.lastIndexOf('.') + 1))];
    return given.length === wanted.length && timingSafeEqual(given, wanted);
  };
  return {
    mint(journalId, plan) {
      const permit = `${journalId}.${sign('act', journalId, planDigest(plan))}`;
      live.add(permit);
      return permit;
    },
    redeem(permit, plan) {
      return isSigned(permit, sign('act', journalIdOf(permit), planDigest(plan))) && live.delete(permit);
    },
    mintRelease: (journalId, plan) => `${journalId}.${sign('release', journalId, framesDigest(releaseFrames(plan)))}`,
    redeemRelease: (permit, plan) =>
      isSigned(permit, sign('release', journalIdOf(permit), framesDigest(releaseFrames(plan)))),
  };
}

function releaseFrames(plan: Plan): readonly PlannedFrame[] {
  return plan.timed?.release ?? [];
}

/** Over everything that the plan may send, and for how long it may last. */
function planDigest(plan: Plan): string {
  const timed = plan.timed === undefined ? '' : ` ${plan.timed.holdMs} ${framesDigest(plan.timed.release)}`;
  return `${framesDigest(plan.frames)}${timed}`;
}

/** SHA-256 over frames, length-prefixed, hex. */
function framesDigest(frames: readonly PlannedFrame[]): string {
  const hash = createHash('sha256');
  for (const frame of frames) {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(frame.bytes.length);
    hash.update(length).update(frame.bytes);
  }
  return hash.digest('hex');
}
