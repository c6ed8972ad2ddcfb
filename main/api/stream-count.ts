import { AgentError } from '../../drivers/kit/index.ts';

/** How streams are kept within bounds. */
export interface StreamOptions {
  /** Between heartbeats, in milliseconds. */
  readonly heartbeatMs: number;
  /** Events kept for a slow reader before they are dropped and told as a `gap`. */
  readonly maxQueued: number;
  /** Streams of one kind that one principal may hold open. */
  readonly maxPerPrincipal: number;
}

/** How many streams each principal holds open. */
export interface StreamCount {
  /** Throws `rate_limited` when there is no room for one more. */
  requireRoom(principalId: string): void;
  /** Counts one more; what it returns gives it back, once. */
  take(principalId: string): () => void;
}

/** At most `most` of each principal. */
export function createStreamCount(most: number): StreamCount {
  const open = new Map<string, number>();
  const change = (principalId: string, by: 1 | -1) => {
    const next = (open.get(principalId) ?? 0) + by;
    if (next > 0) open.set(principalId, next);
    else open.delete(principalId);
  };
  return {
    requireRoom(principalId) {
      if ((open.get(principalId) ?? 0) >= most) {
        throw new AgentError('rate_limited', `More than ${most} streams are open with this token.`, {
          hint: 'Close one and try again.',
          details: { retry_after_s: 1 },
        });
      }
    },
    take(principalId) {
      change(principalId, 1);
      let given = false;
      return () => {
        if (!given) change(principalId, -1);
        given = true;
      };
    },
  };
}
