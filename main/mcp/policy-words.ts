import type { Policy } from '../connectors/index.ts';

/** What a connector's policy says of one side effect, for the model that may call it; null where it is not known. */
export function policyWords(policy: Policy | null, capability: string): string {
  if (policy === null) return 'Policy: decided at its machine, which may refuse it or have a person asked.';
  const rule = policy.tools[capability] ?? {};
  const decision = rule.decision ?? policy.default;
  if (decision === 'deny') {
    return 'Policy of this machine: denied. A call is refused until a person at the machine allows it.';
  }
  const limits = [
    ...Object.entries(rule.bounds ?? {}).map(([argument, bounds]) => `${argument} ${range(bounds)}`),
    ...(rule.min_interval_ms === undefined ? [] : [`at least ${rule.min_interval_ms} ms between calls`]),
    ...(rule.rate === undefined ? [] : [`at most ${rule.rate.count} calls in ${rule.rate.per_ms} ms`]),
  ];
  const within = limits.length === 0 ? '' : ` within these limits: ${limits.join('; ')}`;
  return decision === 'allow'
    ? `Policy of this machine: allowed${within}.`
    : `Policy of this machine: a person at the machine has to allow each call${within}. Until then a call answers pending; ask again with the same idempotency_key.`;
}

function range({
  min_value: min,
  max_value: max,
}: {
  readonly min_value?: number;
  readonly max_value?: number;
}): string {
  if (min !== undefined && max !== undefined) return `from ${min} to ${max}`;
  if (min !== undefined) return `at least ${min}`;
  return max === undefined ? 'unbounded' : `at most ${max}`;
}
