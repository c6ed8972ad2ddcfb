import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Browser, Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, edge, startAgent } from '../support/agent-process.ts';
import { ask } from '../support/ask.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import {
  hasChromium,
  inChromium,
  languages,
  openBrowser,
  runAxe,
  takePicture,
  themes,
  watchFaults,
} from '../support/window.ts';
import { eventually } from '../support/wires.ts';

/** Long enough on a machine that does much else. */
const PATIENCE_MS = 60_000;
const phone = { width: 360, height: 740 };
const desk = { width: 1280, height: 800 };

describe.skipIf(!hasChromium)(inChromium("the hub's own page"), () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-hub-page-'));
  const hubDir = join(scratch, 'hub');
  const agentDir = join(scratch, 'agent');
  const secondDir = join(scratch, 'second');
  /** Breaches of the page's own policy, errors in it, and requests that left this machine. */
  const faults: string[] = [];
  let hub: HubProcess;
  let agent: AgentProcess;
  let second: AgentProcess;
  let browser: Browser;
  let page: Page;
  let admin = '';

  const makeKey = async (name: string, role: string, tenant = 'acme'): Promise<string> => {
    const args = ['hub', 'keys', 'create', '--tenant', tenant, '--test', '--name', name, '--role', role, '--json'];
    return JSON.parse((await edge(hubDir, ...args)).stdout).key;
  };
  /** A browser of its own: nothing of another one's session is in it. */
  const newPage = async (viewport = desk): Promise<Page> => {
    const context = await browser.newContext({ viewport, locale: 'en-US' });
    context.setDefaultTimeout(PATIENCE_MS);
    const made = await context.newPage();
    watchFaults(made, faults);
    return made;
  };
  const signIn = async (who: Page, key: string, path = '/') => {
    await who.goto(hub.url + path);
    await who.getByLabel('Key', { exact: true }).fill(key);
    await who.getByRole('button', { name: 'Sign in' }).click();
    await who.locator('.hub-bar').waitFor();
  };
  const open = async (path: string, who = page) => {
    await who.goto(hub.url + path);
    await who.locator('.hub-bar').waitFor();
    await who.locator('main h1').waitFor();
  };
  const beginPairing = async (dataDir: string, name: string) => {
    const begun = await edge(dataDir, 'pair', hub.url, '--name', name, '--no-wait', '--json');
    const { pairing, key_words: words } = JSON.parse(begun.stdout);
    return { code: String(pairing.user_code), words: String(words).split(' ') };
  };
  /** Which of the key words the page leaves out, from 0. */
  const gapOf = async (who: Page): Promise<number> => {
    const label = await who.locator('.key-words input').getAttribute('aria-label');
    return Number(/\d+/.exec(label ?? '')?.[0]) - 1;
  };
  const row = (name: string, who = page) => who.locator(`[data-machine="${name}"]`);

  beforeAll(async () => {
    hub = await startHubProcess({ dataDir: hubDir });
    await hub.api.createTenant('acme');
    await hub.api.createTenant('other');
    admin = await makeKey('console', 'admin');
    agent = await startAgent({ dataDir: agentDir, demo: true });
    second = await startAgent({ dataDir: secondDir, config: 'discover: false\nvault: { provider: keyfile }\n' });
    browser = await openBrowser();
    page = await newPage();
  }, 300_000);
  afterAll(async () => {
    await browser?.close();
    await agent?.stop();
    await second?.stop();
    await hub?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });

  it('is a page for browsers, under a policy that lets nothing else in, and text for a terminal', async () => {
    const text = await ask(hub, { method: 'GET', path: '/pair', headers: { accept: '*/*' } });
    expect([text.status, text.headers['content-type']]).toEqual([200, 'text/plain; charset=utf-8']);
    expect(text.body).toContain('fibric-edge hub pairings approve CODE');
    const html = await ask(hub, { method: 'GET', path: '/pair', headers: { accept: 'text/html,*/*;q=0.8' } });
    expect(html.headers['content-type']).toContain('text/html');
    const policy = String(html.headers['content-security-policy']);
    expect(policy).toContain("default-src 'none'");
    expect(policy).toContain("frame-ancestors 'none'");
    expect(policy).not.toContain('unsafe');
    expect(html.body).not.toContain('__NONCE__');
  });

  it('signs nobody in for another page, nor without a key', async () => {
    const post = (headers: Readonly<Record<string, string>>, body: object) =>
      ask(hub, { method: 'POST', path: '/session', headers, body });
    const strangers: readonly Readonly<Record<string, string>>[] = [
      {},
      { origin: 'https://evil.example' },
      { origin: 'null' },
    ];
    for (const headers of strangers) {
      const refused = await post(headers, { key: admin });
      expect([refused.status, refused.body.error.code]).toEqual([403, 'forbidden_origin']);
      expect(refused.headers['set-cookie']).toBeUndefined();
    }
    const own = { origin: hub.url };
    expect((await post(own, {})).body.error.code).toBe('invalid_parameter');
    expect((await post(own, { key: 'sk_test_guess' })).body.error.code).toBe('key_invalid');
    expect((await post(own, { ticket: 'guess' })).body.error.code).toBe('key_invalid');
  });

  it('needs both halves of its session, and its own origin for whatever changes something', async () => {
    const opened = await ask(hub, {
      method: 'POST',
      path: '/session',
      headers: { origin: hub.url },
      body: { key: admin },
    });
    const [setCookie = ''] = opened.headers['set-cookie'] ?? [];
    expect(setCookie).toMatch(/; HttpOnly; SameSite=Strict$/);
    const cookie = setCookie.split(';')[0] ?? '';
    const half = { 'x-fibric-window': String(opened.body.half) };
    const get = (headers: Record<string, string>) => ask(hub, { method: 'GET', path: '/v1/agents', headers });
    expect((await get({ cookie, ...half })).status).toBe(200);
    expect((await get({ cookie })).status).toBe(401);
    expect((await get(half)).status).toBe(401);
    expect((await get({ cookie, ...half, origin: 'https://evil.example' })).status).toBe(403);
    const made = { name: 'never', role: 'admin' };
    const strangers: readonly Readonly<Record<string, string>>[] = [{}, { origin: 'https://evil.example' }];
    for (const stranger of strangers) {
      const headers = { cookie, ...half, ...stranger };
      expect((await ask(hub, { method: 'POST', path: '/v1/keys', headers, body: made })).status).toBe(403);
    }
    // A page speaks no MCP.
    expect((await ask(hub, { method: 'POST', path: '/mcp/cn_1', headers: { cookie, ...half }, body: {} })).status).toBe(
      401,
    );
    const left = await ask(hub, { method: 'DELETE', path: '/session', headers: { cookie, ...half, origin: hub.url } });
    expect(left.status).toBe(200);
    expect((await get({ cookie, ...half })).status).toBe(401);
  });

  it('says what is wrong with a key, and how to come by one', async () => {
    await page.goto(`${hub.url}/`);
    await page.getByText('fibric-edge hub page --tenant NAME').waitFor();
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-sign-in');
    await page.getByLabel('Key', { exact: true }).fill('sk_test_wrong');
    await page.getByRole('button', { name: 'Sign in' }).click();
    await page.getByRole('alert').getByText('does not know this key').waitFor();
    expect(await runAxe(page)).toEqual([]);
  });

  it('takes a key and keeps it nowhere; says what to do where there is no machine', async () => {
    await signIn(page, admin);
    await page.getByRole('heading', { name: 'No machine yet' }).waitFor();
    await page.getByText(`fibric-edge pair ${hub.url}`).waitFor();
    await page.locator('[data-mode="test"]').getByText('TEST').waitFor();
    const kept = await page.evaluate(
      'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href, document.documentElement.outerHTML])',
    );
    expect(kept).not.toContain(admin);
    expect(kept).not.toContain('sk_test_');
    expect((await page.context().cookies()).map(({ httpOnly, sameSite }) => ({ httpOnly, sameSite }))).toEqual([
      { httpOnly: true, sameSite: 'Strict' },
    ]);
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-empty');
  });

  it('tells what can be no code from one that nobody waits with, before it counts as a try', async () => {
    await open('/pair');
    const code = page.getByLabel('Code on the machine’s screen');
    await code.fill('WDJB-MJH');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('eight letters').waitFor();
    await code.fill('bbbb bbbb');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').getByText('No machine waits with this code').waitFor();
    expect(await runAxe(page)).toEqual([]);
  });

  it('takes a machine in by the code of its address and a word from its screen, and shows it link', async () => {
    const { code, words } = await beginPairing(agentDir, 'packing-1');
    await page.setViewportSize(phone);
    // As scanned from the machine's screen, by a phone that has to sign in first.
    const { pairing } = await agent.api.getCloud();
    const scanned = new URL(pairing?.verification_uri_complete ?? '');
    expect(scanned.href).toBe(`${hub.url}/pair?code=${code}`);
    const visitor = await newPage(phone);
    await signIn(visitor, admin, scanned.pathname + scanned.search);
    expect(await visitor.getByLabel('Code on the machine’s screen').inputValue()).toBe(code);
    await visitor.context().close();

    await open(`/pair?code=${code.toLowerCase().replace('-', '')}`);
    expect(page.url()).toBe(`${hub.url}/pair`);
    await page.getByText('It came with the address.').waitFor();
    // What loads the page anew, as a phone does that was put away, does not lose it.
    await page.reload();
    await page.getByText('It came with the address.').waitFor();
    expect(await page.getByLabel('Code on the machine’s screen').inputValue()).toBe(code);
    await takePicture(page, 'hub-code-phone');
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByRole('heading', { name: 'packing-1 asks to be taken in' }).waitFor();
    await page.getByRole('button', { name: 'Another code' }).click();
    expect(await page.getByLabel('Code on the machine’s screen').inputValue()).toBe('');
    await page.getByLabel('Code on the machine’s screen').fill(code);
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByRole('heading', { name: 'packing-1 asks to be taken in' }).waitFor();
    const gap = await gapOf(page);
    const shown = await page.locator('.key-words li').allInnerTexts();
    expect(shown).toEqual(words.map((word, index) => (index === gap ? '' : word)));
    const approve = page.getByRole('button', { name: 'Approve packing-1' });
    expect(await approve.isDisabled()).toBe(true);
    expect(await page.locator('input[name="grant-install"]').isDisabled()).toBe(true);
    expect(await page.evaluate('document.documentElement.scrollWidth')).toBe(phone.width);
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-review-phone');

    await page.locator('.key-words input').fill('wrong');
    await approve.click();
    await page.getByRole('alert').getByText('If they differ, deny it').waitFor();
    expect((await agent.api.getCloud()).state).toBe('pairing');
    await page.locator('input[name="grant-act"]').uncheck();
    await page.locator('.key-words input').fill(` ${words[gap]?.toUpperCase()} `);
    await takePicture(page, 'hub-review-phone-filled');
    await approve.click();
    await page.locator('[data-taken-in="linked"]').waitFor();
    expect(await agent.api.getCloud()).toMatchObject({
      state: 'paired',
      tenant: { name: 'acme', mode: 'test' },
      agent: { name: 'packing-1' },
      grants: { read: true, act: false, install: false, care: false },
    });
    await takePicture(page, 'hub-taken-in-phone');
    await page.setViewportSize(desk);
  });

  it('lists it, and shows its connectors as they come, marked as simulated', async () => {
    await open('/');
    await row('packing-1').getByText('Linked', { exact: true }).waitFor();
    await row('packing-1').getByText('SIM · simulated').waitFor();
    await row('packing-1').getByRole('link', { name: 'packing-1' }).click();
    await page.locator('[data-connector="front-scale"]').getByText('Working').waitFor();
    await page.locator('[data-connector="front-scale"]').getByText('SIM').waitFor();
    await page.locator('[data-device]').first().getByText('present').waitFor();
    const climate = (await agent.api.listConnectors()).find(({ name }) => name === 'climate');
    await agent.api.updateConnector(climate?.id ?? '', { name: 'renamed-here' });
    await page.locator('[data-connector="renamed-here"]').waitFor();
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-machine');
  });

  it('hears of a link that ends and comes back, and has no green over what is offline', async () => {
    await open('/');
    await agent.kill();
    await row('packing-1').getByText('Offline').waitFor();
    expect(await row('packing-1').locator('.tone-ok').count()).toBe(0);
    await row('packing-1').getByRole('link', { name: 'packing-1' }).click();
    await page.getByText('this is what it told last').waitFor();
    await page.locator('[data-connector="front-door"]').getByText('Machine not reachable').waitFor();
    expect(await page.locator('main .tone-ok').count()).toBe(0);
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-machine-offline');
    agent = await startAgent({ dataDir: agentDir, demo: true });
    await page.locator('section[data-state="linked"]').waitFor();
    await page.locator('[data-connector="front-scale"]').getByText('Working').waitFor();
  });

  it('is used by the keyboard alone, from the sign-in to the approval', async () => {
    const { code, words } = await beginPairing(secondDir, 'packing-2');
    const who = await newPage();
    await who.goto(`${hub.url}/pair`);
    const press = async (key: string) => who.keyboard.press(key);
    /** Tabs until what has focus matches; fails where it can't be reached. */
    const tabTo = async (selector: string) => {
      for (let tries = 0; tries < 40; tries += 1) {
        if ((await who.evaluate(`document.activeElement?.matches(${JSON.stringify(selector)}) === true`)) === true)
          return;
        await press('Tab');
      }
      throw new Error(`${selector} has no focus after 40 tabs`);
    };
    await who.locator('#hub-key').waitFor();
    await tabTo('#hub-key');
    await who.keyboard.type(admin);
    await press('Enter');
    await who.locator('#user-code').waitFor();
    await tabTo('#user-code');
    await who.keyboard.type(code);
    await press('Enter');
    await who.locator('.review').waitFor();
    const gap = await gapOf(who);
    await tabTo('.key-words input');
    await who.keyboard.type(words[gap] ?? '');
    await tabTo('.review .primary');
    const outline = await who.evaluate('getComputedStyle(document.activeElement).outlineStyle');
    expect(outline).toBe('solid');
    await press('Enter');
    await who.locator('[data-taken-in="linked"]').waitFor();
    expect((await second.api.getCloud()).agent?.name).toBe('packing-2');
    // The other browser heard of it by itself.
    await open('/');
    await row('packing-2').getByText('Linked', { exact: true }).waitFor();
    await who.context().close();
  });

  it('finds by words and state, in the address', async () => {
    await open('/');
    await page.getByLabel('Search machines').fill('packing 2');
    await row('packing-1').waitFor({ state: 'detached' });
    await row('packing-2').waitFor();
    expect(page.url()).toContain('q=packing');
    await page.getByLabel('Show', { exact: true }).selectOption('revoked');
    await page.getByText('Nothing matches.').waitFor();
    await page.getByRole('button', { name: 'Show all' }).click();
    await row('packing-1').waitFor();
  });

  it('shows everything and lets nothing be done with a key that only reads, and says why', async () => {
    const who = await newPage();
    await signIn(who, await makeKey('wallboard', 'read_only'));
    await who.locator('.hub-bar').getByText('only looks').waitFor();
    await row('packing-1', who).getByRole('link').click();
    await who.locator('[data-connector="front-scale"]').waitFor();
    await who.getByText('the key lacks agents:write').waitFor();
    expect(await who.getByRole('button', { name: /Revoke/ }).count()).toBe(0);
    await open('/pair', who);
    expect(await who.getByLabel('Code on the machine’s screen').isDisabled()).toBe(true);
    await who.getByText('the key lacks agents:write').waitFor();
    await open('/keys', who);
    await who.getByText('it lacks keys:read').waitFor();
    expect(await runAxe(who)).toEqual([]);
    await who.context().close();
  });

  it('shows a tenant nothing of another, nor what waits for whom after too many wrong codes', async () => {
    const [machine] = await hub.admin('acme').listAgents();
    const who = await newPage();
    await signIn(who, await makeKey('console', 'admin', 'other'));
    await who.getByRole('heading', { name: 'No machine yet' }).waitFor();
    await open(`/machines/${machine?.id}`, who);
    await who.getByRole('heading', { name: 'Not at this hub' }).waitFor();
    await open('/pair', who);
    for (const code of ['BBBBBBBB', 'CCCCCCCC', 'DDDDDDDD', 'FFFFFFFF', 'GGGGGGGG']) {
      await who.getByLabel('Code on the machine’s screen').fill(code);
      const answered = who.waitForResponse((response) => response.url().includes('/v1/pairings/'));
      await who.getByRole('button', { name: 'Look it up' }).click();
      expect((await answered).status()).toBe(404);
      await who.getByRole('button', { name: 'Look it up' }).waitFor();
    }
    await who.getByRole('button', { name: 'Look it up' }).click();
    const problem = who.getByRole('alert');
    await problem.getByText('Too many wrong codes or words').waitFor();
    await problem.getByText(/Wait \d+ s/).waitFor();
    await who.context().close();
  });

  it('denies a machine after a question, and the machine hears of it', async () => {
    await edge(secondDir, 'unpair', '--yes');
    const { code } = await beginPairing(secondDir, 'stranger');
    await open('/pair');
    await page.getByLabel('Code on the machine’s screen').fill(code);
    await page.getByRole('button', { name: 'Look it up' }).click();
    await page.getByRole('button', { name: 'Deny…' }).click();
    await page.getByRole('dialog', { name: 'Deny stranger?' }).waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Go back');
    await page.getByRole('button', { name: 'Deny stranger' }).click();
    await page.getByText('stranger is denied').waitFor();
    await eventually('the machine has heard', PATIENCE_MS, async () => (await second.api.getCloud()).state === 'none');
  });

  it('makes a token that is shown once and takes a machine in, and ends it', async () => {
    await open('/enrolments');
    await page.getByRole('button', { name: 'New token…' }).click();
    await page.getByLabel('Names it is good for').fill('packing-*');
    await page.getByLabel('How many machines').fill('2');
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-token-new');
    await page.getByRole('button', { name: 'Make the token' }).click();
    const token = await page.locator('[data-secret]').innerText();
    expect(token).toMatch(/^he_/);
    await takePicture(page, 'hub-token');
    const paired = await edge(secondDir, 'pair', hub.url, '--name', 'packing-3', '--enrolment-token', token);
    expect(paired.code, paired.stderr).toBe(0);
    await page.getByRole('button', { name: 'I have it' }).click();
    expect(await page.content()).not.toContain(token);
    await page.getByRole('button', { name: /^Revoke he_/ }).click();
    await page
      .getByRole('button', { name: /^Revoke he_/ })
      .last()
      .click();
    await page.locator('[data-enrolment="revoked"]').waitFor();
    await open('/');
    await row('packing-3').getByText('Linked', { exact: true }).waitFor();
  });

  it('revokes a machine after a question that names it; its link ends, its work goes on', async () => {
    await row('packing-3').getByRole('link').click();
    await page.getByRole('button', { name: 'Revoke packing-3…' }).click();
    const dialog = page.getByRole('dialog', { name: 'Revoke packing-3?' });
    await dialog.getByText('Its link ends at once and for good').waitFor();
    expect(await page.evaluate('document.activeElement.textContent')).toBe('Keep it');
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-revoke');
    await dialog.getByRole('button', { name: 'Revoke packing-3' }).click();
    await page.locator('section[data-state="revoked"]').waitFor();
    await eventually(
      'the machine knows',
      PATIENCE_MS,
      async () => (await second.api.getCloud()).link.state === 'refused',
    );
    await open('/');
    await row('packing-1').waitFor();
    expect(await row('packing-3').count()).toBe(0);
  });

  it('opens once at an address that whoever looks after the hub prints, and ends with the key that opened it', async () => {
    const printed = await edge(hubDir, 'hub', 'page', '--tenant', 'acme', '--test', '--json');
    const { address, tenant } = JSON.parse(printed.stdout);
    expect(tenant).toMatchObject({ name: 'acme', mode: 'test' });
    const who = await newPage();
    await who.goto(address);
    await row('packing-1', who).waitFor();
    expect(who.url()).toBe(`${hub.url}/`);
    await who.locator('.hub-bar').getByText('administrator of the hub').waitFor();
    const late = await newPage();
    await late.goto(address);
    await late.getByText('used already').waitFor();

    await open('/keys', who);
    await who.getByRole('button', { name: 'New key…' }).click();
    await who.getByLabel('Name: who or what it is for').fill('for an hour');
    await who.getByLabel('everything: also approve', { exact: false }).check();
    await who.getByRole('button', { name: 'Make the key' }).click();
    const key = await who.locator('[data-secret]').innerText();
    await signIn(late, key);
    await row('packing-1', late).waitFor();
    await who.getByRole('button', { name: 'Revoke for an hour…' }).click();
    await who.getByRole('dialog').getByRole('button', { name: 'Revoke for an hour' }).click();
    await who.locator('[data-key="for an hour"][data-state="revoked"]').waitFor();
    await late.getByText('Your session has ended').waitFor();
    expect(await late.locator('[data-machine]').count()).toBe(0);
    await takePicture(who, 'hub-keys');

    await who.getByRole('button', { name: 'Sign out' }).click();
    await who.getByRole('heading', { name: 'Sign in to this hub' }).waitFor();
    await who.context().close();
    await late.context().close();
  });

  it('is legible in each theme and language, and fits a phone', async () => {
    const [machine] = (await hub.admin('acme').listAgents()).filter(({ name }) => name === 'packing-1');
    for (const [index, theme] of themes.entries()) {
      const language = languages[index] ?? 'en';
      const display = JSON.stringify({ theme, density: 'desk', motion: 'none', keys: 'on' });
      await page.evaluate(
        `localStorage.setItem('fibric-edge.display', ${JSON.stringify(display)}); localStorage.setItem('fibric-edge.language', '${language}')`,
      );
      for (const [name, path] of [
        ['machines', '/'],
        ['machine', `/machines/${machine?.id}`],
        ['pair', '/pair'],
        ['enrolments', '/enrolments'],
        ['keys', '/keys'],
        ['settings', '/settings'],
      ] as const) {
        await page.setViewportSize(desk);
        await open(path);
        expect(await runAxe(page), `${path} in ${theme}`).toEqual([]);
        await takePicture(page, `hub-${theme}-${name}`);
        await page.setViewportSize(phone);
        expect(await page.evaluate('document.documentElement.scrollWidth'), `${path} in ${language}`).toBe(phone.width);
        await takePicture(page, `hub-${theme}-${name}-phone`);
        // Whatever a key is not in these languages would stand there as its own name.
        expect(await page.locator('body').innerText()).not.toMatch(/\b(?:hub|parts|states|times)\.\w+/);
      }
    }
    await page.evaluate(
      "localStorage.removeItem('fibric-edge.display'); localStorage.removeItem('fibric-edge.language')",
    );
    await page.setViewportSize(desk);
    await open('/');
  }, 300_000);

  it('says at once when the hub is lost, calls nothing known that is not, and asks for a sign-in when it is back', async () => {
    await row('packing-1').getByText('Linked', { exact: true }).waitFor();
    const port = Number(new URL(hub.url).port);
    await hub.kill();
    await page.getByRole('alert').getByText('stopped answering').waitFor();
    await row('packing-1').getByText('Not known now').waitFor();
    expect(await page.locator('main .tone-ok').count()).toBe(0);
    expect(await runAxe(page)).toEqual([]);
    await takePicture(page, 'hub-lost');
    hub = await startHubProcess({ dataDir: hubDir, port });
    await page.getByText('Your session has ended').waitFor();
  });

  it('left this machine with nothing, and broke its own policy nowhere', () => {
    expect(faults).toEqual([]);
  });
});
