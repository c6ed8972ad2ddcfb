import type { AgentError, JsonObject, Plan } from '../../../drivers/kit/index.ts';
import type { Caller } from '../caller.ts';
import type { RefusalReason } from '../calls/call-terms.ts';

/** A side effect that someone asks for, validated, before anything is done about it. */
export interface Intent {
  readonly connectorId: string;
  readonly connectorName: string;
  /** What it is done to (`subjectOf`): a device, or the connector itself where there is none. */
  readonly deviceId: string;
  readonly caller: Caller;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly plan: Plan;
  readonly fingerprint: string;
  readonly key: string;
  /** Whether the caller gave the key; else we made it. */
  readonly keyGiven: boolean;
  readonly entityKey: string | null;
}

/** Why nothing was sent. */
export interface Refusal {
  readonly reason: RefusalReason;
  readonly error: AgentError;
}
