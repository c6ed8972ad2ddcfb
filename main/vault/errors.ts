import { AgentError } from '../../drivers/kit/index.ts';

/** `vault_unavailable` with what is wrong and what to do; never a secret in either. */
export function vaultUnavailable(message: string, hint: string, cause?: unknown): AgentError {
  return new AgentError('vault_unavailable', message, { hint, ...(cause === undefined ? {} : { cause }) });
}

/** Ours as it is; anything else as `vault_unavailable`, so that no caller sees another code from a vault. */
export function asVaultError(error: unknown, doing: string): AgentError {
  if (error instanceof AgentError) return error;
  const seen = error instanceof Error ? error.message : String(error);
  return vaultUnavailable(
    `${doing} failed: ${seen}.`,
    'Check the data folder and its disk. Nothing was overwritten.',
    error,
  );
}
