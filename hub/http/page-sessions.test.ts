import { expect, it } from 'vitest';
import type { Principal } from '../../main/api/index.ts';
import { administratorOnPage, createPageSessions } from './page-sessions.ts';

const invalid = expect.objectContaining({ code: 'key_invalid' });
let now = 1_000_000;
const timers = new Set<() => void>();
const clock = {
  now: () => now,
  monotonicMs: () => now,
  after(_ms: number, run: () => void) {
    timers.add(run);
    return () => void timers.delete(run);
  },
};
const place = { tenantId: 't_1', mode: 'test' } as const;
const cookieOf = ({ cookie }: { readonly cookie: string }) => cookie.split(';')[0] ?? '';

it('ends with the key that opened it, at once, streams included', () => {
  const sessions = createPageSessions(clock);
  const key = new AbortController();
  const holder: Principal = { ...administratorOnPage(place), id: 'key_1', name: 'console', ended: key.signal };
  const opened = sessions.open(holder);
  const enter = () => sessions.authenticate(cookieOf(opened), opened.headerSecret);
  expect(enter()).toMatchObject({ id: 'key_1', name: 'console', local: false, partition: { tenantId: 't_1' } });
  key.abort();
  expect(opened.principal.ended.aborted).toBe(true);
  expect(enter).toThrow(invalid);
});

it('opens by a ticket once, within five minutes, for one partition, with what an admin key may and no more', () => {
  const sessions = createPageSessions(clock);
  const { secret } = sessions.issueTicket(administratorOnPage(place));
  const { principal } = sessions.exchange(secret);
  expect(principal).toMatchObject({ kind: 'token', local: false, partition: { tenantId: 't_1', mode: 'test' } });
  expect(principal.scopes.has('agents:write')).toBe(true);
  expect(principal.scopes.has('policy:write')).toBe(false);
  expect(() => sessions.exchange(secret)).toThrow(invalid);
  const late = sessions.issueTicket(administratorOnPage(place));
  for (const run of [...timers]) run();
  expect(() => sessions.exchange(late.secret)).toThrow(invalid);
});

it('keeps its cookie to TLS and to this very host where the page came over TLS', () => {
  const sessions = createPageSessions(clock);
  const holder = administratorOnPage(place);
  expect(sessions.open(holder, { secure: true }).cookie).toMatch(
    /^__Host-fe_hub_[0-9a-f]{16}=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict; Secure$/,
  );
  expect(sessions.open(holder).cookie).toMatch(/^fe_hub_[0-9a-f]{16}=.*; HttpOnly; SameSite=Strict$/);
});

it('ends when nobody used it for half an hour', () => {
  const sessions = createPageSessions(clock);
  const opened = sessions.open(administratorOnPage(place));
  now += 29 * 60_000;
  const enter = (countsAsUse: boolean) => sessions.authenticate(cookieOf(opened), opened.headerSecret, { countsAsUse });
  expect(() => enter(false)).not.toThrow();
  now += 2 * 60_000;
  expect(() => enter(false)).toThrow(invalid);
});
