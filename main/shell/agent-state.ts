import type { ErrorCode } from '../../drivers/kit/index.ts';

/** Who started the agent: the system (it lives on without us), or this shell. */
export type AgentOwner = 'system' | 'shell';

/** One connector, as far as the tray tells of it. */
export interface ConnectorFacts {
  readonly id: string;
  readonly name: string;
  readonly state: 'ok' | 'listening' | 'starting' | 'error' | 'pending_auth';
  /** Why, where the state is `error`. */
  readonly reason: string | null;
  /** The agent's own next step, for people. */
  readonly hint: string | null;
  /** Errors with one cause carry one id. */
  readonly causeId: string | null;
  /** Whether it has ever answered. */
  readonly hasWorked: boolean;
}

/** A side effect that waits for a person. */
export interface WaitingApproval {
  readonly id: string;
  readonly connectorName: string;
  readonly tool: string;
  /** Milliseconds since 1970. */
  readonly expiresAtMs: number;
}

/** A side effect of which nobody knows whether it happened. */
export interface UnknownEffect {
  readonly journalId: string;
  readonly connectorName: string;
  readonly tool: string;
}

/** A device without a connector. */
export interface FreeDevice {
  readonly id: string;
  readonly label: string;
  /** The driver it was recognised for; null where none was. */
  readonly listing: string | null;
  readonly firstSeenAtMs: number;
}

/** What the agent says of itself and its devices. */
export interface AgentFacts {
  readonly version: string;
  readonly paused: boolean;
  readonly connectors: readonly ConnectorFacts[];
  readonly approvals: readonly WaitingApproval[];
  readonly unknowns: readonly UnknownEffect[];
  readonly freeDevices: readonly FreeDevice[];
  /** Null while secrets can be used. */
  readonly vaultProblem: string | null;
  /** Whether the record of actions is whole, or its loss was acknowledged. */
  readonly journalWhole: boolean;
}

/** Why there is no agent, in its own words. */
export interface Trouble {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint: string | null;
  /** What it wrote last, for "Details"; empty where it wrote nothing. */
  readonly lastLines: readonly string[];
}

/** What the shell knows of the agent. */
export type AgentState =
  | { readonly phase: 'starting'; readonly owner: AgentOwner | null }
  | { readonly phase: 'running'; readonly owner: AgentOwner; readonly facts: AgentFacts }
  | {
      readonly phase: 'stopped';
      readonly owner: AgentOwner | null;
      readonly trouble: Trouble;
      /** How often it was tried in a row. */
      readonly tries: number;
      /** Milliseconds until the next try. */
      readonly nextTryMs: number;
    };
