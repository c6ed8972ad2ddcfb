import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { AgentError } from '../../drivers/kit/index.ts';
import type { Typist } from '../../main/api/index.ts';
import { createManualClock } from '../../main/connectors/testing/manual-clock.ts';
import { matchesName } from './enrolments.ts';
import { makeUserCode, normaliseUserCode } from './user-code.ts';
import { createWrongTries, type WrongTries } from './wrong-tries.ts';

describe('a user code', () => {
  it('is eight of twenty letters, and read however it is typed', () => {
    for (let index = 0; index < 200; index += 1) {
      const code = makeUserCode();
      expect(code).toMatch(/^[BCDFGHJKLMNPQRSTVWXZ]{4}-[BCDFGHJKLMNPQRSTVWXZ]{4}$/);
      const letters = code.replace('-', '');
      for (const typed of [code, letters, code.toLowerCase(), ` ${letters.slice(0, 3)} ${letters.slice(3)} `]) {
        expect(normaliseUserCode(typed)).toBe(code);
      }
    }
  });
});

describe('wrong codes', () => {
  const typist = (key: string, tenantId: string, address: string | null): Typist => ({
    address,
    principal: {
      id: key,
      kind: 'token',
      name: key,
      scopes: new Set(),
      local: false,
      connectors: null,
      tools: null,
      ended: new AbortController().signal,
      partition: { tenantId, mode: 'live', agentId: null },
    },
  });
  const type = (tries: WrongTries, who: Typist, times: number) => {
    for (let index = 0; index < times; index += 1) {
      tries.check(who);
      tries.note(who);
    }
  };

  it('are five, then the tenant that typed them waits, whichever of its keys it takes, and no other does', () => {
    const clock = createManualClock();
    const tries = createWrongTries(clock, { knowsProxies: false });
    type(tries, typist('key_1', 't_1', '192.0.2.1'), 3);
    type(tries, typist('key_2', 't_1', '192.0.2.2'), 2);
    expect(() => tries.check(typist('key_3', 't_1', '192.0.2.3'))).toThrow(AgentError);
    expect(() => tries.check(typist('key_4', 't_2', '192.0.2.1'))).not.toThrow();
    clock.setWall(-3_600_000);
    clock.advance(10 * 60_000);
    expect(() => tries.check(typist('key_1', 't_1', '192.0.2.1'))).not.toThrow();
  });

  it('are twenty from one address, whichever tenants, unless a proxy may stand there', () => {
    const tries = createWrongTries(createManualClock(), { knowsProxies: false });
    for (let tenant = 0; tenant < 4; tenant += 1) {
      type(tries, typist('key', `t_${tenant}`, '192.0.2.1'), 5);
      type(tries, typist('key', `t_proxied_${tenant}`, '::ffff:127.0.0.1'), 5);
    }
    expect(() => tries.check(typist('key', 't_new', '192.0.2.1'))).toThrow(/20 wrong codes/);
    expect(() => tries.check(typist('key', 't_new', '192.0.2.9'))).not.toThrow();
    expect(() => tries.check(typist('key', 't_new', '127.0.0.1'))).not.toThrow();
  });

  it("are twenty from the hub's own machine, too, where its proxies are named", () => {
    const tries = createWrongTries(createManualClock(), { knowsProxies: true });
    for (let tenant = 0; tenant < 4; tenant += 1) type(tries, typist('key', `t_${tenant}`, '127.0.0.1'), 5);
    expect(() => tries.check(typist('key', 't_new', '127.0.0.1'))).toThrow(/20 wrong codes/);
  });

  it('of a tenant do not lock out whoever looks after the hub', () => {
    const tries = createWrongTries(createManualClock(), { knowsProxies: false });
    const of = typist('key_1', 't_1', null);
    type(tries, of, 5);
    const administrator = { ...of.principal, id: 'local-admin/t_1/live', kind: 'local-admin' } as const;
    expect(() => tries.check({ principal: administrator, address: null })).not.toThrow();
  });
});

describe('the names of an enrolment', () => {
  it('fit a pattern where the star stands for any text and nothing else is special', () => {
    expect(matchesName('packing-*', 'packing-7')).toBe(true);
    expect(matchesName('packing-*', 'office-packing-7')).toBe(false);
    fc.assert(
      fc.property(fc.string(), fc.string(), (name, other) => {
        const plain = name.replaceAll('*', '');
        expect(matchesName(plain, plain)).toBe(true);
        expect(matchesName(plain, other)).toBe(plain === other);
        expect(matchesName(`${plain}*`, plain + other)).toBe(true);
      }),
    );
  });
});
