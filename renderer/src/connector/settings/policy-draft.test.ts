import { describe, expect, it } from 'vitest';
import type { Policy } from '../../live/wire.ts';
import { decisionOf, newlyAllowed, withBound, withDecision, withInterval } from './policy-draft.ts';

const policy: Policy = {
  default: 'deny',
  tools: { 'relay.set': { decision: 'allow', bounds: { relay: { max_value: 4 } }, rate: { count: 3, per_ms: 1000 } } },
};

describe('a policy that is being changed', () => {
  it('keeps the limits of a tool when its decision changes', () => {
    expect(withDecision(policy, 'relay.set', 'confirm').tools['relay.set']).toEqual({
      ...policy.tools['relay.set'],
      decision: 'confirm',
    });
    expect(decisionOf(withDecision(policy, 'relay.set', 'as'), 'relay.set')).toBe('as');
  });

  it('has no rule for a tool of which nothing is said any more', () => {
    const asked = withDecision({ default: 'deny', tools: {} }, 'scale.zero', 'allow');
    expect(withDecision(asked, 'scale.zero', 'as')).toEqual({ default: 'deny', tools: {} });
  });

  it('sets and takes away one end of a bound', () => {
    const both = withBound(policy, 'relay.set', 'relay', 'min_value', 2);
    expect(both.tools['relay.set']?.bounds).toEqual({ relay: { min_value: 2, max_value: 4 } });
    const none = withBound(
      withBound(both, 'relay.set', 'relay', 'min_value', null),
      'relay.set',
      'relay',
      'max_value',
      null,
    );
    expect(none.tools['relay.set']).toEqual({ decision: 'allow', rate: { count: 3, per_ms: 1000 } });
  });

  it('sets and takes away the least time between two actions', () => {
    const slow = withInterval({ default: 'allow', tools: {} }, 'drawer.open', 2000);
    expect(slow.tools).toEqual({ 'drawer.open': { min_interval_ms: 2000 } });
    expect(withInterval(slow, 'drawer.open', null).tools).toEqual({});
  });

  it('names what would act without asking from now on, through the default too', () => {
    const tools = ['relay.set', 'access.unlock'];
    expect(newlyAllowed(policy, { ...policy, default: 'allow' }, tools)).toEqual(['access.unlock']);
    expect(newlyAllowed(policy, policy, tools)).toEqual([]);
  });
});
