import type { Evidence } from '../../../drivers/kit/index.ts';

/** Weakest first. */
const strength: readonly Evidence[] = ['transmitted', 'status_after', 'counter', 'device_ack', 'read_back'];

/** A whole is proven no better than its weaker half. */
export function weakerEvidence(left: Evidence | null, right: Evidence): Evidence {
  return left === null || strength.indexOf(left) > strength.indexOf(right) ? right : left;
}
