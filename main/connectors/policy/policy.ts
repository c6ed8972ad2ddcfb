import {
  AgentError,
  compareDecimals,
  type Decimal,
  type JsonObject,
  type JsonValue,
  parseDecimal,
} from '../../../drivers/kit/index.ts';
import { policySchema } from '../../config/index.ts';
import type { ToolDescription } from '../../hardware/index.ts';
import type { Refusal } from '../journal/intent.ts';
import type { Bounds, Decision, Policy } from './policy-terms.ts';

/** What a new connector may do: look, not touch. */
export const initialPolicy: Policy = { default: 'deny', tools: {} };

/** What a policy is asked about. */
export interface PolicyQuestion {
  readonly connectorName: string;
  readonly tool: string;
  readonly arguments: JsonObject;
  readonly nowMs: number;
  /** When this connector's tool was last sent, since an instant; oldest first. Only asked when a limit needs it. */
  readonly sentSince: (sinceMs: number) => readonly number[];
}

/** What the policy says of a tool: its own decision beats the default. */
export function decisionOf(policy: Policy, tool: string): Decision {
  return policy.tools[tool]?.decision ?? policy.default;
}

/** Why this policy does not let the call through, or null; under `confirm` a person has to be asked beside. */
export function judge(policy: Policy, question: PolicyQuestion): Refusal | null {
  const { connectorName, tool } = question;
  const rule = policy.tools[tool];
  if (decisionOf(policy, tool) === 'deny') {
    return refusal(
      'policy_deny',
      `${connectorName} is not allowed to do ${tool}.`,
      `Allow it on this machine: fibric-edge connectors set ${quote(connectorName)} policy.${tool}=allow`,
    );
  }
  for (const [argument, bounds] of Object.entries(rule?.bounds ?? {})) {
    const problem = outside(question.arguments[argument], bounds);
    if (problem !== null) {
      return refusal(
        'bounds',
        `${argument} ${problem} set for ${connectorName}. Nothing was sent.`,
        'Ask for a value within the limit, or change the policy on this machine.',
      );
    }
  }
  return judgeInterval(rule?.min_interval_ms ?? 0, question) ?? judgeRate(rule?.rate ?? null, question);
}

function judgeInterval(
  minIntervalMs: number,
  { connectorName, tool, nowMs, sentSince }: PolicyQuestion,
): Refusal | null {
  if (minIntervalMs === 0) return null;
  const last = sentSince(nowMs - minIntervalMs).at(-1);
  if (last === undefined) return null;
  return refusal(
    'interval',
    `${tool} of ${connectorName} is too soon: ${minIntervalMs} ms must lie between two.`,
    `It is free again in ${last + minIntervalMs - nowMs} ms.`,
  );
}

function judgeRate(
  rate: { readonly count: number; readonly per_ms: number } | null,
  { connectorName, tool, nowMs, sentSince }: PolicyQuestion,
): Refusal | null {
  if (rate === null) return null;
  const recent = sentSince(nowMs - rate.per_ms);
  const freeing = recent[recent.length - rate.count];
  if (freeing === undefined) return null;
  return refusal(
    'rate',
    `${tool} of ${connectorName} was done ${recent.length} times within ${rate.per_ms} ms; ${rate.count} are allowed.`,
    `It is free again in ${freeing + rate.per_ms - nowMs} ms.`,
  );
}

/** What is wrong with a value under these bounds, or null. What can't be compared with a limit is outside. */
function outside(value: JsonValue | undefined, { min_value: min, max_value: max }: Bounds): string | null {
  if (value === undefined || (min === undefined && max === undefined)) return null;
  const number = toDecimal(value);
  if (number === null) return `${show(value)} is no number, so it can't be held to the limit`;
  if (min !== undefined && beyond(number, min, -1)) return `${show(value)} is below the limit of ${min}`;
  if (max !== undefined && beyond(number, max, 1)) return `${show(value)} is over the limit of ${max}`;
  return null;
}

function beyond(number: Decimal, limit: number, side: -1 | 1): boolean {
  const decimal = toDecimal(limit);
  return decimal === null || compareDecimals(number, decimal) * side > 0;
}

function toDecimal(value: JsonValue): Decimal | null {
  if (typeof value === 'string') return parseDecimal(value);
  if (typeof value !== 'number' || !Number.isFinite(value)) return null;
  // Numbers beyond plain notation (1e21, 1e-7) still have an exact decimal within 20 digits of fraction.
  return (
    parseDecimal(String(value)) ?? parseDecimal(value.toFixed(20)) ?? parseDecimal(BigInt(Math.trunc(value)).toString())
  );
}

/** Reads a policy for a connector with these tools. Rejects with `invalid_configuration`. */
export function checkPolicy(policy: Policy, connectorName: string, tools: readonly ToolDescription[]): Policy {
  const wrong = (what: string, hint: string) =>
    new AgentError('invalid_configuration', `The policy of ${connectorName} can't be used: ${what}.`, { hint });
  const parsed = policySchema.safeParse(policy);
  if (!parsed.success) {
    const problems = parsed.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`);
    throw wrong(problems.join('; '), 'Keys: default, and for each tool decision, bounds, min_interval_ms, rate.');
  }
  const effects = tools.filter((tool) => tool.side_effect);
  for (const [name, rule] of Object.entries(parsed.data.tools)) {
    const tool = effects.find((candidate) => candidate.capability === name);
    if (tool === undefined) {
      throw wrong(
        `${name} is not one of its actions`,
        effects.length === 0
          ? 'It only reads.'
          : `Its actions: ${effects.map((effect) => effect.capability).join(', ')}.`,
      );
    }
    for (const [argument, { min_value: min, max_value: max }] of Object.entries(rule.bounds ?? {})) {
      if (!tool.boundable.includes(argument)) {
        const possible =
          tool.boundable.length === 0 ? 'None of its arguments can be.' : `Can be: ${tool.boundable.join(', ')}.`;
        throw wrong(`${argument} of ${name} can't be bounded`, possible);
      }
      if (min !== undefined && max !== undefined && min > max) {
        throw wrong(`min_value of ${argument} is above max_value`, 'Swap them.');
      }
    }
  }
  return parsed.data;
}

function refusal(reason: Refusal['reason'], message: string, hint: string): Refusal {
  return { reason, error: new AgentError('refused', message, { hint, details: { reason } }) };
}

function show(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function quote(name: string): string {
  return /^[\w.-]+$/.test(name) ? name : `"${name}"`;
}
