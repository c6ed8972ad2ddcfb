import { randomUUID } from 'node:crypto';
import type { Clock } from './clock.ts';

/** Ports lost within this time of one another are taken to have one cause: a hub, a server of simulated devices. */
const TOGETHER_MS = 250;

/** Gives losses with one cause the same id (contract section 2). */
export function createCauseIds(clock: Clock): () => string {
  let last: { readonly id: string; readonly atMs: number } | null = null;
  return () => {
    const atMs = clock.nowMs();
    const id = last !== null && atMs - last.atMs <= TOGETHER_MS ? last.id : `cause_${randomUUID()}`;
    last = { id, atMs };
    return id;
  };
}
