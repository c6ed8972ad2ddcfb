import { z } from 'zod';
import { AgentError } from '../../drivers/kit/index.ts';
import { type Scope, scopes } from '../api/index.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 24 * 60 * MINUTE_MS;
/** Contract section 5. */
const DEFAULT_LIFE_MS = 90 * DAY_MS;

/** What a new token is to be. */
export interface TokenRequest {
  /** For people, 1 to 100 characters. */
  readonly name: string;
  readonly scopes: readonly string[];
  /** Connector ids it is limited to; absent or null: all. */
  readonly connectors?: readonly string[] | null | undefined;
  /** Capabilities it is limited to; absent or null: all. */
  readonly tools?: readonly string[] | null | undefined;
  /** From a minute to ten years; default 90 days. */
  readonly expiresInMs?: number | undefined;
}

const limit = z.array(z.string().min(1).max(255)).min(1).max(1_000).nullable().default(null);
const schema = z.strictObject({
  name: z.string().trim().min(1).max(100),
  connectors: limit,
  tools: limit,
  expiresInMs: z
    .int()
    .min(MINUTE_MS)
    .max(3_653 * DAY_MS)
    .default(DEFAULT_LIFE_MS),
});

/** The request, complete and valid; else `invalid_parameter`, naming the field or the scope. */
export function parseTokenRequest({ scopes: wanted, ...request }: TokenRequest) {
  const parsed = schema.safeParse(request);
  if (!parsed.success) {
    const [issue] = parsed.error.issues;
    const field = issue?.path.join('.') ?? '';
    throw new AgentError('invalid_parameter', `The token's ${field} is not valid: ${issue?.message}.`, {
      details: { parameter: field },
    });
  }
  return { ...parsed.data, scopes: parseScopes(wanted) };
}

function parseScopes(wanted: readonly string[]): readonly Scope[] {
  const unknown = wanted.find((name) => !scopes.some((scope) => scope === name));
  const hint = `Scopes: ${scopes.join(', ')}.`;
  if (unknown !== undefined) {
    throw new AgentError('invalid_parameter', `There is no scope ${JSON.stringify(unknown.slice(0, 100))}.`, {
      hint,
      details: { parameter: 'scopes', seen: unknown.slice(0, 100) },
    });
  }
  if (wanted.length === 0) {
    throw new AgentError('invalid_parameter', 'A token needs at least one scope.', {
      hint,
      details: { parameter: 'scopes' },
    });
  }
  return scopes.filter((scope) => wanted.includes(scope));
}
