import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { connectSimulatorHost } from '../../drivers/simulator-host/client.ts';
import { demoFolder } from '../../main/agent/demo/demo-config.ts';
import {
  type AgentProcess,
  edge,
  edgeWithInput,
  makeDataDir,
  removeDataDir,
  startAgent,
} from './support/agent-process.ts';
import { eventually } from './support/wires.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const found = existsSync(executablePath);
const axePath = createRequire(import.meta.url).resolve('axe-core');

describe.skipIf(!found)(found ? 'the window, in Chromium' : 'the window (skipped: chromium is not installed)', () => {
  const dataDir = makeDataDir();
  const violations: string[] = [];
  let agent: AgentProcess;
  let browser: Browser;
  let page: Page;
  let host: Awaited<ReturnType<typeof connectSimulatorHost>>;

  beforeAll(async () => {
    agent = await startAgent({ dataDir, demo: true });
    host = await connectSimulatorHost(demoFolder(dataDir).controlSocket);
    browser = await chromium.launch({
      executablePath,
      args: [
        '--no-sandbox',
        '--disable-gpu',
        '--disable-quic',
        '--no-first-run',
        '--disable-background-networking',
        '--disable-component-update',
        '--disable-sync',
      ],
    });
    page = await browser.newPage({ viewport: { width: 1280, height: 900 } });
    page.on('console', (message) => {
      if (/content security policy/i.test(message.text())) violations.push(message.text());
    });
    page.on('pageerror', (error) => violations.push(error.message));
  });

  afterAll(async () => {
    await browser?.close();
    host?.close();
    await agent?.stop();
    removeDataDir(dataDir);
  });

  const card = (name: string) =>
    page.locator('li[data-connector]', { has: page.getByRole('heading', { name, exact: true }) });

  it('shows nothing and says how to sign in when it is opened without a ticket', async () => {
    await page.goto(agent.url);
    await page.getByText('fibric-edge open').waitFor();
    expect(await page.locator('li[data-connector]').count()).toBe(0);
  });

  it('is signed in by the page that `open` writes, once', async () => {
    const opened = await edge(dataDir, 'open', '--print', '--json');
    expect(opened.code).toBe(0);
    const { page_path } = JSON.parse(opened.stdout) as { page_path: string };
    await page.goto(`file://${page_path}`);
    await page.waitForURL(`${agent.url}/`);
    await card('front-scale').waitFor();
    await eventually('the page with the ticket is deleted', 2_000, async () => !existsSync(page_path));
    expect(page.url()).toBe(`${agent.url}/`);
  });

  it('shows each connector with its live value, exactly as the device gives it', async () => {
    await host.change('scale', { gross: '3.250' });
    await edge(dataDir, 'call', 'front-scale', 'weight.read');
    await card('front-scale').getByText('3.250', { exact: true }).waitFor();
    await card('front-scale').getByText('Working').waitFor();
    expect(await card('front-scale').getByText('simulated').count()).toBe(1);
  });

  it('shows the state of a printer in words', async () => {
    const printer = card('receipt-printer');
    await printer.getByText('Paper', { exact: true }).waitFor();
    await printer.getByText('closed', { exact: true }).first().waitFor();
    await printer.getByText('yes', { exact: true }).first().waitFor();
    expect(await printer.getByText('on', { exact: true }).count()).toBe(0);
  });

  it('runs a test and shows how each tool did', async () => {
    await card('relay-board').getByRole('button', { name: 'Test' }).click();
    await card('relay-board').locator('[data-test="passed"]').waitFor();
    expect(await card('relay-board').locator('.results li').count()).toBe(2);
  });

  it('tells of a lost cable by word and reason, and of its return', async () => {
    await host.unplug('scale');
    await card('front-scale').getByText('Unplugged', { exact: true }).waitFor({ timeout: 3_000 });
    await host.plug('scale');
    await card('front-scale').getByText('Working').waitFor({ timeout: 5_000 });
  });

  it('says who depends on a connector instead of uninstalling it', async () => {
    await edge(dataDir, 'operators', 'create', '--name', 'climate-watch', '--capabilities', 'sensor.read');
    await card('climate').getByRole('button', { name: 'Uninstall…' }).click();
    await page.getByRole('button', { name: 'Uninstall climate' }).click();
    await page.getByRole('dialog').getByRole('alert').getByText('sensor.read is fulfilled only by').waitFor();
    await page.getByRole('button', { name: 'Keep it' }).click();
    await edge(dataDir, 'operators', 'pause', 'climate-watch');
  });

  it('asks before it uninstalls, keeps it on "Keep it", and then lets it go', async () => {
    await card('climate').getByRole('button', { name: 'Uninstall…' }).click();
    await page.getByRole('button', { name: 'Keep it' }).click();
    expect(await card('climate').count()).toBe(1);
    await card('climate').getByRole('button', { name: 'Uninstall…' }).click();
    await page.getByRole('button', { name: 'Uninstall climate' }).click();
    await card('climate').waitFor({ state: 'detached' });
    const { code } = await edge(dataDir, 'connectors', 'show', 'climate');
    expect(code).not.toBe(0);
  });

  it('installs what is plugged in and has no connector, and asks for what its listing needs', async () => {
    const found = page.locator('li[data-device]', { hasText: 'unit 2' });
    await found.getByRole('button', { name: 'Install…' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('cold-room');
    await dialog.getByRole('button', { name: 'Install', exact: true }).click();
    // A required setting is missing: the browser holds the form back and nothing was sent.
    expect(await dialog.isVisible()).toBe(true);
    await dialog.getByLabel('Register map of the model').selectOption('xy-md02');
    await dialog.getByRole('button', { name: 'Install', exact: true }).click();
    await card('cold-room').getByText('Working').waitFor();
    await dialog.waitFor({ state: 'detached' });
    const { code, stdout } = await edge(dataDir, 'call', 'cold-room', 'sensor.read', '--json');
    expect(code, stdout).toBe(0);
  });

  const axe = async (): Promise<unknown> => {
    const client = await page.context().newCDPSession(page);
    await client.send('Runtime.evaluate', { expression: readFileSync(axePath, 'utf8') });
    const { result } = await client.send('Runtime.evaluate', {
      expression:
        "axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations.map((v) => v.id + ': ' + v.nodes.map((n) => n.target.join(' ')).join(', '))))",
      awaitPromise: true,
      returnByValue: true,
    });
    return JSON.parse(String(result.value));
  };
  const waiting = () => page.locator('li[data-approval]');
  const writes = async () => ((await host.state('bus')) as { harmful_count: number }).harmful_count;
  const ask = (key: string) =>
    edge(
      dataDir,
      'call',
      'relay-board',
      'relay.set',
      'relay=3',
      'on=true',
      '--key',
      key,
      '--entity',
      'order-7',
      '--json',
    );

  it('shows what waits for a person, exactly, with its countdown, and does it once when it is allowed', async () => {
    expect((await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=confirm')).code).toBe(0);
    const before = await writes();
    const called = ask('window-1');
    await waiting().getByRole('heading', { name: 'Switch relay 3 on · relay-board' }).waitFor();
    const text = await waiting().innerText();
    for (const part of [
      'local administrator',
      'unit 1',
      'order-7',
      'relay.set',
      '"relay": 3',
      '"on": true',
      'SIM · simulated',
      'left',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/\b[12]:\d\d left/);
    await page.locator('[aria-live="assertive"]').getByText('Approval needed: Switch relay 3 on').waitFor();
    expect(await page.locator('[data-verdict]').innerText()).toContain('1 waits for you');
    expect(await axe()).toEqual([]);
    await page.screenshot({ fullPage: true, path: join(import.meta.dirname, '..', '..', '.cache', 'approval.png') });
    expect(await writes()).toBe(before);
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    await page.locator('li[data-ended]').getByText('Allowed by window. Done, read back.').waitFor();
    expect(await waiting().count()).toBe(0);
    expect(JSON.parse((await called).stdout)).toMatchObject({ result: { outcome: 'applied' } });
    expect(await writes()).toBe(before + 1);
    expect(await page.evaluate('document.activeElement.id')).toBe('approvals');
  });

  it('shows a receipt as it would be printed, beside the arguments', async () => {
    expect((await edge(dataDir, 'connectors', 'set', 'receipt-printer', 'policy.receipt.print=confirm')).code).toBe(0);
    const args = JSON.stringify({ content: [{ type: 'text', text: 'Flat white', bold: true }] });
    const printing = edge(dataDir, 'call', 'receipt-printer', 'receipt.print', '--args', args);
    const picture = waiting().getByRole('img', { name: /What would be printed/ });
    await picture.waitFor();
    expect(await page.evaluate("document.querySelector('img.preview').naturalWidth")).toBeGreaterThan(300);
    expect(await axe()).toEqual([]);
    await page.screenshot({
      fullPage: true,
      path: join(import.meta.dirname, '..', '..', '.cache', 'approval-receipt.png'),
    });
    await waiting().getByRole('button', { name: "Don't allow" }).click();
    expect((await printing).code).toBe(3);
  });

  it('lets no scanner press a button, and a person at the keyboard deny', async () => {
    const called = ask('window-2');
    await waiting().getByRole('button', { name: 'Allow once' }).focus();
    await page.keyboard.type('4006381333931\n', { delay: 0 });
    await page.keyboard.press('Shift+Tab', { delay: 60 });
    expect(await page.evaluate('document.activeElement.textContent')).toBe("Don't allow");
    expect(await waiting().count()).toBe(1);
    await page.waitForTimeout(1_100);
    await page.keyboard.press('Enter');
    const ended = page.locator('li[data-ended]', { hasText: 'Switch relay 3 on' });
    await ended.getByText('Not allowed by window. Nothing was sent.').waitFor();
    expect((await called).code).toBe(3);
  });

  it('asks for the PIN where one is set, says that a wrong one is wrong, and forgets it', async () => {
    expect((await edgeWithInput('4711\n', dataDir, 'approvals', 'pin', 'set', '--pin-stdin')).code).toBe(0);
    const before = await writes();
    const called = ask('window-3');
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    const pin = waiting().getByLabel('PIN');
    await pin.fill('1234');
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    await waiting().getByRole('alert').getByText('This is not the PIN').waitFor();
    expect(await pin.inputValue()).toBe('');
    expect(await pin.getAttribute('type')).toBe('password');
    expect(await axe()).toEqual([]);
    expect(await writes()).toBe(before);
    await pin.fill('4711');
    await pin.press('Enter');
    expect(await waiting().count()).toBe(1);
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    await waiting().waitFor({ state: 'detached' });
    expect((await called).code).toBe(0);
    expect(await writes()).toBe(before + 1);
    expect((await edgeWithInput('4711\n', dataDir, 'approvals', 'pin', 'remove', '--pin-stdin')).code).toBe(0);
    expect((await edge(dataDir, 'connectors', 'set', 'relay-board', 'policy.relay.set=allow')).code).toBe(0);
  });

  it('has nothing to say for axe, and no breach of its own policy', async () => {
    expect(await axe()).toEqual([]);
    expect(violations).toEqual([]);
  });

  it('can be looked at: a picture of it is kept', async () => {
    const picture = await page.screenshot({
      fullPage: true,
      path: join(import.meta.dirname, '..', '..', '.cache', 'window.png'),
    });
    expect(picture.length).toBeGreaterThan(5_000);
  });

  it('shows at once when the agent is lost', async () => {
    await agent.kill();
    await page.getByRole('alert').getByText("can't be heard").waitFor({ timeout: 5_000 });
    agent = await startAgent({ dataDir, demo: true });
  });
});
