import type { Config } from '../../config/index.ts';
import type { UpdateWay } from './update-way.ts';

/** When a version that was found is installed. */
export type UpdateMode = Config['updates']['desktop'];

/** Why a version that is ready is not put in place now. */
export type UpdateHold =
  /** So many side effects are not over. */
  | { readonly for: 'actions'; readonly acting: number; readonly waiting: number; readonly doubtful: number }
  /** No agent can be asked. */
  | { readonly for: 'agent' };

/** How the last update went. */
export type UpdateResult =
  | { readonly outcome: 'updated'; readonly from: string; readonly to: string }
  /** The program that was started after it is still the old one. */
  | { readonly outcome: 'not-taken'; readonly from: string; readonly to: string }
  /** The new program runs; its agent did not come up. */
  | { readonly outcome: 'agent-down'; readonly from: string; readonly to: string }
  /** The version before was put back. */
  | { readonly outcome: 'put-back'; readonly from: string; readonly to: string };

/** What a page, the tray and notifications say of updates; plain data. */
export interface UpdateFacts {
  readonly way: UpdateWay['way'];
  readonly mode: UpdateMode;
  /** `restart`: the package manager has put another version in place of the one that runs. */
  readonly phase: 'idle' | 'looking' | 'fetching' | 'ready' | 'restart' | 'installing' | 'proving';
  /** The version that the phase is about. */
  readonly version: string | null;
  readonly percent: number | null;
  readonly hold: UpdateHold | null;
  /** When it was looked last, as an instant. */
  readonly lookedAt: string | null;
  /** Why the last look or fetch failed, in words. */
  readonly problem: string | null;
  readonly result: UpdateResult | null;
  /** Whether the version before can be put back from here. */
  readonly canPutBack: boolean;
}
