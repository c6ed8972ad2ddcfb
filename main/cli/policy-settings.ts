import { AgentError } from '../../drivers/kit/index.ts';
import type { PolicyObject } from '../api/schemas/index.ts';

type Rule = PolicyObject['tools'][string];

const keyForm =
  /^policy\.(?:default|([a-z]+(?:-[a-z]+)*\.[a-z]+(?:-[a-z]+)*)(?:\.(min_interval_ms|rate|bounds\.(\w+)))?)$/;
const number = String.raw`-?\d+(?:\.\d+)?`;
const rangeForm = new RegExp(`^(${number})?\\.\\.(${number})?$`);

/**
 * A policy with one setting changed: `policy.default=deny`, `policy.relay.set=allow`, `policy.relay.set.bounds.channel=1..4`
 * (either end may be absent), `policy.relay.set.min_interval_ms=500`, `policy.relay.set.rate=5/60000` (calls in
 * milliseconds). An empty value takes the setting away. Throws `invalid_parameter` for anything else.
 */
export function changePolicy(policy: PolicyObject, key: string, value: string): PolicyObject {
  const found = keyForm.exec(key);
  if (found === null) throw unusable(key, 'The key is not one of a policy.');
  const [, tool, setting, argument] = found;
  if (tool === undefined) return { ...policy, default: decisionOf(key, value) };
  const rule = changeRule(policy.tools[tool] ?? {}, key, setting, argument, value);
  const { [tool]: _, ...others } = policy.tools;
  return { ...policy, tools: Object.keys(rule).length === 0 ? others : { ...others, [tool]: rule } };
}

function changeRule(
  rule: Rule,
  key: string,
  setting: string | undefined,
  argument: string | undefined,
  value: string,
): Rule {
  if (argument !== undefined) {
    const { [argument]: _, ...others } = rule.bounds ?? {};
    const bounds = value === '' ? others : { ...others, [argument]: rangeOf(key, value) };
    const { bounds: _old, ...rest } = rule;
    return Object.keys(bounds).length === 0 ? rest : { ...rest, bounds };
  }
  if (setting === 'min_interval_ms') {
    const { min_interval_ms: _, ...rest } = rule;
    return value === '' ? rest : { ...rest, min_interval_ms: wholeNumber(key, value) };
  }
  if (setting === 'rate') {
    const { rate: _, ...rest } = rule;
    if (value === '') return rest;
    const [count = '', perMs = ''] = value.split('/', 2);
    return { ...rest, rate: { count: wholeNumber(key, count), per_ms: wholeNumber(key, perMs) } };
  }
  const { decision: _, ...rest } = rule;
  return value === '' ? rest : { ...rest, decision: decisionOf(key, value) };
}

function decisionOf(key: string, value: string): PolicyObject['default'] {
  if (value === 'deny' || value === 'confirm' || value === 'allow') return value;
  throw unusable(key, `${JSON.stringify(value)} is not deny, confirm or allow.`);
}

function rangeOf(key: string, value: string): { readonly min_value?: number; readonly max_value?: number } {
  const found = rangeForm.exec(value);
  const [, min, max] = found ?? [];
  if (found === null || (min === undefined && max === undefined)) {
    throw unusable(key, `${JSON.stringify(value)} is not a range such as 1..4, 1.. or ..4.`);
  }
  return {
    ...(min === undefined ? {} : { min_value: Number(min) }),
    ...(max === undefined ? {} : { max_value: Number(max) }),
  };
}

function wholeNumber(key: string, value: string): number {
  if (/^\d{1,12}$/.test(value)) return Number(value);
  throw unusable(key, `${JSON.stringify(value)} is not a whole number.`);
}

function unusable(key: string, why: string): AgentError {
  return new AgentError('invalid_parameter', `${key} can't be set so. ${why}`, {
    hint: 'Examples: policy.default=deny, policy.relay.set=allow, policy.relay.set.bounds.channel=1..4, policy.relay.set.min_interval_ms=500, policy.relay.set.rate=5/60000.',
  });
}
