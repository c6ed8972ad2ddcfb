import type { SerializedAgentError } from '../../drivers/kit/index.ts';
import type { Statement } from './store.ts';

/** The two databases of a store. */
export type DatabaseName = 'journal' | 'state';

/** What the writer thread is started with. */
export interface WriterOptions {
  readonly dataDir: string;
  /** Whether this thread takes over from one that died: the files must be as that one left them, nothing is moved or begun anew. */
  readonly resume: boolean;
}

/** One write on its way to the writer thread. */
export interface PendingWrite {
  readonly id: number;
  readonly statements: readonly Statement[];
  readonly mayForget: boolean;
}

/** What became of one write. */
export type WriteOutcome =
  | { readonly id: number; readonly changes: readonly number[] }
  | { readonly id: number; readonly error: SerializedAgentError };

/** Something that happened at opening and that a person should hear of. */
export interface StoreNotice {
  readonly message: string;
  readonly details: { readonly [key: string]: string };
}

export type ToWriter =
  | ({ readonly type: 'write'; readonly database: DatabaseName } & PendingWrite)
  | { readonly type: 'close' };

export type FromWriter =
  | { readonly type: 'ready'; readonly notices: readonly StoreNotice[] }
  | { readonly type: 'unusable'; readonly error: SerializedAgentError }
  | { readonly type: 'written'; readonly outcomes: readonly WriteOutcome[] }
  | { readonly type: 'closed' };
