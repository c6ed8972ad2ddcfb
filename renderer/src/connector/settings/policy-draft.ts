import type { Policy } from '../../live/wire.ts';

/** What a person may say of one action. `as` follows the connector's default. */
export type Decision = 'as' | 'deny' | 'confirm' | 'allow';
type ToolRule = Policy['tools'][string];

/** The decision that stands for a tool. */
export function decisionOf(policy: Policy, tool: string): Decision {
  return policy.tools[tool]?.decision ?? 'as';
}

/** The policy with another decision for one tool; its limits stay. */
export function withDecision(policy: Policy, tool: string, decision: Decision): Policy {
  const { decision: _, ...rest }: ToolRule = policy.tools[tool] ?? {};
  return withRule(policy, tool, decision === 'as' ? rest : { ...rest, decision });
}

/** The policy with another bound of one argument; null takes it away. */
export function withBound(
  policy: Policy,
  tool: string,
  argument: string,
  end: 'min_value' | 'max_value',
  value: number | null,
): Policy {
  const rule: ToolRule = policy.tools[tool] ?? {};
  const { [end]: _, ...other } = rule.bounds?.[argument] ?? {};
  const bound = value === null ? other : { ...other, [end]: value };
  const { [argument]: __, ...others } = rule.bounds ?? {};
  const bounds = Object.keys(bound).length === 0 ? others : { ...others, [argument]: bound };
  const { bounds: ___, ...rest } = rule;
  return withRule(policy, tool, Object.keys(bounds).length === 0 ? rest : { ...rest, bounds });
}

/** The policy with another least time between two actions of a tool; null takes it away. */
export function withInterval(policy: Policy, tool: string, ms: number | null): Policy {
  const { min_interval_ms: _, ...rest }: ToolRule = policy.tools[tool] ?? {};
  return withRule(policy, tool, ms === null ? rest : { ...rest, min_interval_ms: ms });
}

function withRule(policy: Policy, tool: string, rule: ToolRule): Policy {
  const { [tool]: _, ...others } = policy.tools;
  return { ...policy, tools: Object.keys(rule).length === 0 ? others : { ...others, [tool]: rule } };
}

/** The tools that act without asking under `next` and did not under `before`. */
export function newlyAllowed(before: Policy, next: Policy, tools: readonly string[]): readonly string[] {
  const allows = (policy: Policy, tool: string) => (policy.tools[tool]?.decision ?? policy.default) === 'allow';
  return tools.filter((tool) => allows(next, tool) && !allows(before, tool));
}
