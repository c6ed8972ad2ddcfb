import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runInNewContext } from 'node:vm';
import { expect, it, onTestFinished } from 'vitest';
import { removeLeftSignInPages, signInAnswerPage, writeSignInPage } from './sign-in-page.ts';
import { createFakeClock } from './testing/fake-clock.ts';
import { createWindowSessions } from './window-sessions.ts';

const origin = 'http://127.0.0.1:7431';

function scratch() {
  const runDir = mkdtempSync(join(tmpdir(), 'fibric-run-'));
  onTestFinished(() => rmSync(runDir, { recursive: true, force: true }));
  const clock = createFakeClock();
  return { runDir, clock, sessions: createWindowSessions({ clock }) };
}

it('the page posts the ticket to the agent, is for the owner alone, and goes with the ticket', async () => {
  const { runDir, sessions } = scratch();
  const ticket = sessions.issueTicket();
  const { path, gone } = await writeSignInPage({ runDir, origin, ticket });
  const html = readFileSync(path, 'utf8');
  expect(statSync(path).mode & 0o777).toBe(0o600);
  expect(html).toContain(`<form method="post" action="${origin}/sign-in">`);
  expect(html).toContain(`<input type="hidden" name="ticket" value="${ticket.secret}">`);
  expect(path).not.toContain(ticket.secret);
  sessions.exchange(ticket.secret);
  await gone;
  expect(existsSync(path)).toBe(false);
});

it("the page of a service is for the socket's group too", async () => {
  const { runDir, sessions } = scratch();
  const { path } = await writeSignInPage({ runDir, forGroup: true, origin, ticket: sessions.issueTicket() });
  expect(statSync(path).mode & 0o777).toBe(0o640);
});

it('the page goes when its ticket expires', async () => {
  const { runDir, sessions, clock } = scratch();
  const { path, gone } = await writeSignInPage({ runDir, origin, ticket: sessions.issueTicket() });
  clock.advance(30_000);
  await gone;
  expect(existsSync(path)).toBe(false);
});

it('pages that a killed agent left are removed, nothing else is', async () => {
  const { runDir, sessions } = scratch();
  await writeSignInPage({ runDir, origin, ticket: sessions.issueTicket() });
  writeFileSync(join(runDir, 'sign-in-notes.html'), '');
  await removeLeftSignInPages(runDir);
  expect(readdirSync(runDir)).toEqual(['sign-in-notes.html']);
});

it('the answer sets the cookie, keeps the second value for the tab and goes to the start, under its own nonce', () => {
  const { sessions } = scratch();
  const session = sessions.exchange(sessions.issueTicket().secret);
  const { headers, html } = signInAnswerPage(session);
  const [, nonce, script = ''] = /<script nonce="([^"]+)">(.*?)<\/script>/.exec(html) ?? [];
  expect(headers['Set-Cookie']).toBe(session.cookie);
  expect(headers['Cache-Control']).toBe('no-store');
  expect(headers['Content-Security-Policy']).toContain(`script-src 'nonce-${nonce}'`);
  const kept = new Map<string, string>();
  const visited: string[] = [];
  runInNewContext(script, {
    sessionStorage: { setItem: (key: string, value: string) => kept.set(key, value) },
    location: { replace: (address: string) => visited.push(address) },
  });
  expect([...kept]).toEqual([['fibric-edge.window', JSON.stringify(session.headerSecret)]]);
  expect(visited).toEqual(['/']);
  expect(signInAnswerPage(session).html).not.toBe(html);
});
