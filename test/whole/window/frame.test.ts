import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent } from '../support/agent-process.ts';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';
import { eventually } from '../support/wires.ts';

describe.skipIf(!hasChromium)(inChromium('the frame of the window'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
  });
  afterAll(() => bench?.close());
  const focused = () => bench.page.evaluate('document.activeElement.textContent');
  const heading = () => bench.page.locator('main h1');

  it('shows nothing and says how to sign in when it is opened without a ticket', async () => {
    await bench.page.goto(`${bench.agent.url}/settings/display`);
    await bench.page.getByText('fibric-edge open').waitFor();
    expect(await bench.page.locator('[data-connector]').count()).toBe(0);
    expect(await bench.axe()).toEqual([]);
  });

  it('is signed in by the page that `open` writes, once, and goes on where a tab without a session wanted to go', async () => {
    const opened = await bench.edge('open', '--print', '--json');
    const { page_path } = JSON.parse(opened.stdout) as { page_path: string };
    await bench.page.goto(`file://${page_path}`);
    await bench.page.waitForURL(`${bench.agent.url}/settings/display`);
    await eventually('the page with the ticket is deleted', 2_000, async () => !existsSync(page_path));
    await bench.page.goto(`${bench.agent.url}/`);
    await bench.page.locator('[data-connector]').first().waitFor();
  });

  it.each([
    ['/', 'Home'],
    ['/approvals', 'Approvals'],
    ['/activity', 'Activity'],
    ['/cloud', 'Cloud'],
    ['/settings/display', 'Settings'],
    ['/support', 'Support'],
    ['/catalogue', 'What can be installed'],
    ['/connectors/cn_nothing', 'Not on this machine'],
    ['/devices/dev_nothing', 'Not on this machine'],
    ['/settings/nothing', 'Not on this machine'],
  ])('brings the screen of %s back from its address alone', async (path, title) => {
    await bench.open(path);
    expect(await heading().innerText()).toBe(title);
    expect(await bench.page.title()).toContain(title);
  });

  it('moves by keys, with focus on the title of the place, and back by the history', async () => {
    await bench.open('/');
    for (const [key, title] of [
      ['a', 'Approvals'],
      ['y', 'Activity'],
      ['c', 'Cloud'],
      ['s', 'Settings'],
      ['u', 'Support'],
      ['h', 'Home'],
    ] as const) {
      await bench.page.keyboard.press('g');
      await bench.page.waitForTimeout(60);
      await bench.page.keyboard.press(key);
      await heading().getByText(title, { exact: true }).waitFor();
      expect(await bench.page.evaluate('document.activeElement.tagName')).toBe('H1');
    }
    await bench.page.goBack();
    await heading().getByText('Support').waitFor();
  });

  it('searches with /, lists the keys with ?, and closes the list with Esc, focus back where it was', async () => {
    await bench.open('/cloud');
    await bench.page.keyboard.press('/');
    expect(await bench.page.evaluate('document.activeElement.type')).toBe('search');
    await bench.page.keyboard.type('scale', { delay: 50 });
    await bench.page.keyboard.press('Enter', { delay: 60 });
    await bench.page.waitForURL('**/?q=scale');
    const keys = bench.page.getByRole('button', { name: 'Keys' });
    await keys.focus();
    await bench.page.waitForTimeout(1_100);
    await bench.page.keyboard.press('?');
    await bench.page.getByRole('dialog', { name: 'Keys' }).waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.page.keyboard.press('Escape');
    await bench.page.getByRole('dialog').waitFor({ state: 'detached' });
    expect(await focused()).toContain('Keys');
  });

  it('takes no single key, and presses nothing, for a scanner that types', async () => {
    await bench.open('/');
    const pause = bench.page.getByRole('button', { name: 'Pause actions' });
    await pause.focus();
    await bench.page.keyboard.type('gs/4006381333931\n', { delay: 0 });
    await bench.page.waitForTimeout(1_100);
    expect(await heading().innerText()).toBe('Home');
    expect((await bench.agent.api.getHealth()).paused).toBe(false);
    await bench.page.keyboard.press('g');
    await bench.page.waitForTimeout(60);
    await bench.page.keyboard.press('c');
    await bench.page.getByRole('button', { name: 'Keys' }).click();
    await bench.page.getByText('A scanner typed into this page').waitFor();
    expect(await heading().innerText()).toBe('Home');
    await bench.page.keyboard.press('Escape');
  });

  it('stops all actions at once, says so everywhere, and asks before it lets them go on', async () => {
    await bench.open('/cloud');
    await bench.page.getByRole('button', { name: 'Pause actions' }).click();
    await bench.page.getByText('Actions paused. Reading goes on').waitFor();
    expect((await bench.agent.api.getHealth()).paused).toBe(true);
    await bench.page.getByRole('button', { name: 'Resume actions…' }).click();
    const dialog = bench.page.getByRole('dialog', { name: 'Resume actions?' });
    expect(await focused()).toBe('Stay paused');
    await dialog.getByRole('button', { name: 'Resume actions', exact: true }).click();
    await bench.page.getByRole('button', { name: 'Pause actions' }).waitFor();
    expect((await bench.agent.api.getHealth()).paused).toBe(false);
  });

  it('hears of a pause that somebody else gave', async () => {
    await bench.edge('pause');
    await bench.page.getByText('Actions paused. Reading goes on').waitFor();
    await bench.edge('resume');
    await bench.page.getByText('Actions paused. Reading goes on').waitFor({ state: 'detached' });
  });

  it.each(languages)('speaks %s, with its numbers, and keeps it', async (language) => {
    await bench.open('/settings/general');
    await bench.page.locator('#language').selectOption(language);
    const home = { en: 'Home', de: 'Start', es: 'Inicio', zh: '首页' }[language];
    await bench.page.locator('.rail').getByText(home, { exact: true }).waitFor();
    await bench.open('/');
    expect(await heading().innerText()).toBe(home);
    expect(await bench.page.evaluate('document.documentElement.lang')).toBe(language === 'zh' ? 'zh-Hans' : language);
    const number = { en: '12.480', de: '12,480', es: '12,480', zh: '12.480' }[language];
    await bench.page.locator('[data-tool="weight.read"]').getByText(number, { exact: true }).waitFor();
  });

  it.each(themes)('keeps the colours that were chosen: %s', async (theme) => {
    await bench.look({});
    await bench.open('/settings/display');
    await bench.page.locator(`input[name="theme"][value="${theme}"]`).check();
    await bench.open('/');
    expect(await bench.page.evaluate('document.documentElement.dataset.theme')).toBe(theme);
    expect(await bench.axe()).toEqual([]);
  });

  it('shows at once when the agent is lost, keeps what was seen as old, and comes back by itself when it may', async () => {
    await bench.look({});
    await bench.open('/');
    await bench.page.locator('[data-tool="weight.read"]').waitFor();
    await bench.agent.kill();
    await bench.page.getByRole('alert').getByText('stopped answering').waitFor({ timeout: 5_000 });
    await bench.page.locator('[data-tool="weight.read"].old').getByText('as of').waitFor();
    expect(await bench.page.getByRole('button', { name: 'Pause actions' }).isDisabled()).toBe(true);
    expect(await bench.axe()).toEqual([]);
    const port = new URL(bench.agent.url).port;
    bench.agent = await startAgent({ dataDir: bench.dataDir, demo: true, port: Number(port) });
    // The agent that was killed took its sessions with it: what comes back is the way to sign in.
    await bench.page.getByText('fibric-edge open').waitFor({ timeout: 30_000 });
    await bench.signIn();
  });

  it('left this machine with nothing, and broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
