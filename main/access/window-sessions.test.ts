import { beforeEach, expect, it } from 'vitest';
import type { BrowserSession } from './browser-sessions.ts';
import { createFakeClock, type FakeClock } from './testing/fake-clock.ts';
import { createWindowSessions, type WindowSessions } from './window-sessions.ts';

const MINUTE_MS = 60_000;
const invalid = expect.objectContaining({ code: 'key_invalid' });

let clock: FakeClock;
let sessions: WindowSessions;

beforeEach(() => {
  clock = createFakeClock();
  sessions = createWindowSessions({ clock });
});

const signIn = () => sessions.exchange(sessions.issueTicket().secret);
const cookieOf = ({ cookie }: BrowserSession) => cookie.split(';')[0] ?? '';
const enter = (session: BrowserSession, options?: { readonly countsAsUse?: boolean }) =>
  sessions.authenticate(cookieOf(session), session.headerSecret, options);

it('a ticket opens one session, once', () => {
  const { secret, spent } = sessions.issueTicket();
  expect(sessions.exchange(secret).principal).toMatchObject({ id: 'window', kind: 'window', local: true });
  expect(spent.aborted).toBe(true);
  expect(() => sessions.exchange(secret)).toThrow(invalid);
  expect(() => sessions.exchange('guess')).toThrow(invalid);
});

it('a ticket is good for 30 s', () => {
  const { secret, spent } = sessions.issueTicket();
  clock.advance(29_999);
  expect(spent.aborted).toBe(false);
  clock.advance(1);
  expect(spent.aborted).toBe(true);
  expect(() => sessions.exchange(secret)).toThrow(invalid);
});

it('neither value works alone, nor with the other of another session', () => {
  const mine = signIn();
  const other = signIn();
  expect(enter(mine)).toBe(mine.principal);
  expect(() => sessions.authenticate(cookieOf(mine), undefined)).toThrow(invalid);
  expect(() => sessions.authenticate(undefined, mine.headerSecret)).toThrow(invalid);
  expect(() => sessions.authenticate(cookieOf(mine), other.headerSecret)).toThrow(invalid);
  expect(() => sessions.authenticate(cookieOf(mine), '')).toThrow(invalid);
  const [name] = cookieOf(mine).split('=');
  expect(() => sessions.authenticate(`${name}=x`, mine.headerSecret)).toThrow(invalid);
});

it('two tabs of one browser, which sends both cookies to each, stay signed in', () => {
  const first = signIn();
  const second = signIn();
  const both = `theme=dark; ${cookieOf(first)}; ${cookieOf(second)}`;
  expect(sessions.authenticate(both, first.headerSecret)).toBe(first.principal);
  expect(sessions.authenticate(both, second.headerSecret)).toBe(second.principal);
});

it('the cookie is out of reach of scripts and of other sites', () => {
  expect(signIn().cookie).toMatch(
    /^fe_window_[0-9a-f]{16}=[\w-]{43}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/,
  );
});

it('half an hour without use ends the session and what is open', () => {
  const session = signIn();
  clock.advance(29 * MINUTE_MS);
  enter(session);
  clock.advance(29 * MINUTE_MS);
  expect(session.principal.ended.aborted).toBe(false);
  clock.advance(MINUTE_MS);
  expect(session.principal.ended.aborted).toBe(true);
  expect(() => enter(session)).toThrow(invalid);
});

it('a stream that comes back by itself does not count as use', () => {
  const session = signIn();
  clock.advance(29 * MINUTE_MS);
  enter(session, { countsAsUse: false });
  clock.advance(MINUTE_MS);
  expect(() => enter(session)).toThrow(invalid);
});

it('no session lasts longer than twelve hours, however busy', () => {
  const session = signIn();
  for (let minutes = 0; minutes < 12 * 60 - 10; minutes += 10) {
    clock.advance(10 * MINUTE_MS);
    enter(session);
  }
  expect(session.principal.ended.aborted).toBe(false);
  clock.advance(10 * MINUTE_MS);
  expect(session.principal.ended.aborted).toBe(true);
  expect(clock.waiting()).toBe(0);
});

it('signing out ends this session alone, closing ends all', () => {
  const mine = signIn();
  const other = signIn();
  sessions.end(mine.principal);
  expect(mine.principal.ended.aborted).toBe(true);
  expect(enter(other)).toBe(other.principal);
  const ticket = sessions.issueTicket();
  sessions.close();
  expect([other.principal.ended.aborted, ticket.spent.aborted, clock.waiting()]).toEqual([true, true, 0]);
});

it('holds a bounded number of tickets and sessions; the oldest give way', () => {
  const first = sessions.issueTicket();
  for (let count = 0; count < 16; count++) sessions.issueTicket();
  expect(first.spent.aborted).toBe(true);
  const oldest = signIn();
  for (let count = 0; count < 32; count++) signIn();
  expect(oldest.principal.ended.aborted).toBe(true);
});
