import { type ErrorCode, errorCodes } from './error-codes.table.ts';
import type { JsonObject } from './json.ts';

/** What an {@link AgentError} says beside its code and message. */
export interface AgentErrorOptions {
  /** The next step for the person or program that reads it. */
  readonly hint?: string;
  /** Facts for programs: `device`, `expected`, `seen`, `reason`... Never a secret, never a customer's payload. */
  readonly details?: JsonObject;
  readonly cause?: unknown;
}

/** An {@link AgentError} as plain data, for a message between processes or a stored row. */
export interface SerializedAgentError {
  readonly code: ErrorCode;
  readonly message: string;
  readonly hint?: string;
  readonly details?: JsonObject;
}

/**
 * The one error family. The message says what failed, on which device, what was expected and what was seen;
 * `hint` says what to do next; `code` is what programs branch on.
 */
export class AgentError extends Error {
  override readonly name = 'AgentError';
  readonly code: ErrorCode;
  readonly hint: string | undefined;
  readonly details: JsonObject;

  constructor(code: ErrorCode, message: string, options: AgentErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.code = code;
    this.hint = options.hint;
    this.details = options.details ?? {};
  }

  /** Whether the same request, unchanged, may succeed later. Says nothing about side effects, which are never retried. */
  get retryable(): boolean {
    return errorCodes[this.code].retryable;
  }

  /** Plain data that {@link AgentError.deserialize} turns back into an equal error. The cause stays behind. */
  serialize(): SerializedAgentError {
    return {
      code: this.code,
      message: this.message,
      ...(this.hint === undefined ? {} : { hint: this.hint }),
      details: this.details,
    };
  }

  static deserialize(data: SerializedAgentError): AgentError {
    return new AgentError(data.code, data.message, {
      ...(data.hint === undefined ? {} : { hint: data.hint }),
      ...(data.details === undefined ? {} : { details: data.details }),
    });
  }

  /** The error itself if it is ours; else an `internal_error` with the original as its cause. */
  static from(error: unknown): AgentError {
    if (error instanceof AgentError) return error;
    const text = error instanceof Error ? error.message : String(error);
    return new AgentError('internal_error', `Unexpected fault: ${text}`, {
      cause: error,
      hint: 'This is a fault of Fibric Edge. Please report it with the log.',
    });
  }

  /** Whether `error` is ours and carries one of `codes`. */
  static is(error: unknown, ...codes: readonly ErrorCode[]): error is AgentError {
    return error instanceof AgentError && (codes.length === 0 || codes.includes(error.code));
  }
}
