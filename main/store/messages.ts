import type { SerializedAgentError } from '../../drivers/kit/index.ts';
import type { Statement } from './store.ts';

/** The databases of an agent, in the order in which they may write, and the one of a hub. */
export const databasesOf = { agent: ['journal', 'state'], hub: ['hub'] } as const;

/** Whose store it is. */
export type StoreKind = keyof typeof databasesOf;

/** A database of a store. */
export type DatabaseName = (typeof databasesOf)[StoreKind][number];

/** The schema of a hub's database. */
export interface HubSchema {
  /** Every step is run once; its place, from 1, is the `user_version` after it. */
  readonly migrations: readonly string[];
  /** Tables that grow without end: looking through them for damage at every start would take minutes. */
  readonly unchecked: readonly string[];
}

/** What the writer thread is started with. */
export interface WriterOptions {
  readonly kind: StoreKind;
  /** Of a hub, which keeps its own; an agent's is known here. */
  readonly schema: HubSchema;
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
