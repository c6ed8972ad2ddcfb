import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { type Browser, type BrowserContext, chromium, type Page } from 'playwright';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type AgentProcess, edge, makeDataDir, removeDataDir, startAgent } from './support/agent-process.ts';
import { makeToken } from './support/mcp.ts';

const executablePath = process.env['CHROMIUM'] ?? '/usr/bin/chromium';
const found = existsSync(executablePath);
const axePath = createRequire(import.meta.url).resolve('axe-core');

describe.skipIf(!found)(
  found ? 'the API page, in Chromium' : 'the API page (skipped: chromium is not installed)',
  () => {
    const dataDir = makeDataDir();
    /** Breaches of the policy, faults of the page, and requests to anywhere but the agent. */
    const complaints: string[] = [];
    let agent: AgentProcess;
    let browser: Browser;
    let context: BrowserContext;
    let page: Page;
    let token: string;

    beforeAll(async () => {
      agent = await startAgent({ dataDir, demo: true });
      token = await makeToken(agent, ['connectors:read']);
      browser = await chromium.launch({
        executablePath,
        args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking', '--disable-component-update'],
      });
      context = await browser.newContext({ viewport: { width: 1280, height: 900 } });
      page = await context.newPage();
      page.on('console', (message) => {
        if (/content security policy/i.test(message.text())) complaints.push(message.text());
      });
      page.on('pageerror', (error) => complaints.push(error.message));
      page.on('request', (request) => {
        const { protocol, origin } = new URL(request.url());
        if (protocol !== 'data:' && protocol !== 'file:' && origin !== agent.url) complaints.push(request.url());
      });
    });

    afterAll(async () => {
      await browser?.close();
      await agent?.stop();
      removeDataDir(dataDir);
    });

    async function axe(): Promise<readonly string[]> {
      const client = await context.newCDPSession(page);
      await client.send('Runtime.evaluate', { expression: readFileSync(axePath, 'utf8') });
      const { result } = await client.send('Runtime.evaluate', {
        expression:
          "axe.run(document, { resultTypes: ['violations'] }).then((r) => JSON.stringify(r.violations.flatMap((v) => v.nodes.map((n) => v.id + ': ' + n.target.join(' ')))))",
        awaitPromise: true,
        returnByValue: true,
      });
      return JSON.parse(String(result.value));
    }

    const operation = (id: string) => page.locator(`.opblock[id$="-${id}"]`);

    it('says how to come in, and shows nothing of the API, without a session or token', async () => {
      const response = await page.goto(`${agent.url}/docs/api`);
      const policy = response?.headers()['content-security-policy'];
      expect(policy).toContain("default-src 'none'");
      expect(policy).not.toContain('unsafe');
      await page.getByLabel('Token').waitFor();
      expect(await page.locator('.opblock').count()).toBe(0);
      expect(await page.getByRole('alert').count()).toBe(0);
      expect(await axe()).toEqual([]);
    });

    it('says what is wrong with a token that is not known, and asks again', async () => {
      await page.getByLabel('Token').fill('fe_wrong');
      await page.getByRole('button', { name: 'Show the API' }).click();
      await page.getByRole('alert').getByText('not known here').waitFor();
    });

    it('shows every operation of the document with a token that is typed in', async () => {
      await page.getByLabel('Token').fill(token);
      await page.getByRole('button', { name: 'Show the API' }).click();
      await operation('listConnectors').waitFor();
      const headers = { Authorization: `Bearer ${token}` };
      const document = (await (await fetch(`${agent.url}/v1/openapi.json`, { headers })).json()) as {
        paths: Record<string, object>;
      };
      const operations = Object.values(document.paths).flatMap((methods) => Object.keys(methods));
      expect(await page.locator('.opblock').count()).toBe(operations.length);
      expect(await axe()).toEqual([]);
    });

    it('tries a call and shows its answer', async () => {
      const list = operation('listConnectors');
      await list.locator('.opblock-summary-control').click();
      await list.getByRole('button', { name: 'Try it out' }).click();
      await list.locator('tr[data-param-name="capability"] input').fill('weight.read');
      await list.getByRole('button', { name: 'Execute' }).click();
      await list.locator('.live-responses-table').getByText('front-scale').first().waitFor();
      expect(await list.locator('.live-responses-table tbody .response-col_status').first().innerText()).toContain(
        '200',
      );
      expect(await list.locator('.request-url').innerText()).toContain(`${agent.url}/v1/connectors?`);
      expect(await axe()).toEqual([]);
      expect(await page.locator('body').innerText()).not.toContain(token);
      await page.screenshot({ path: join(import.meta.dirname, '..', '..', '.cache', 'api-page.png') });
    });

    it('offers no try where it can not work: the stream, and with a token what is for the machine only', async () => {
      for (const id of ['streamEvents', 'setConnectorPolicy', 'createWindowTicket']) {
        await operation(id).locator('.opblock-summary-control').click();
        await operation(id).locator('.opblock-body').waitFor();
        expect([id, await operation(id).getByRole('button', { name: 'Try it out' }).count()]).toEqual([id, 0]);
      }
    });

    it('keeps the token nowhere: no storage, no cookie, no address; a reload asks again', async () => {
      const kept = await page.evaluate<string>(
        'JSON.stringify([{ ...localStorage }, { ...sessionStorage }, document.cookie, location.href])',
      );
      expect(kept).not.toContain(token);
      await page.reload();
      await page.getByLabel('Token').waitFor();
      expect(await page.locator('.opblock').count()).toBe(0);
    });

    it('opens by itself where the window is signed in, and tries what only the machine may', async () => {
      const opened = await edge(dataDir, 'open', '--print', '--json');
      await page.goto(`file://${JSON.parse(opened.stdout).page_path}`);
      await page.waitForURL(`${agent.url}/`);
      await page.goto(`${agent.url}/docs/api`);
      const pause = operation('setPause');
      await pause.locator('.opblock-summary-control').click();
      await pause.getByRole('button', { name: 'Try it out' }).click();
      await pause.getByRole('button', { name: 'Execute' }).click();
      await pause.locator('.live-responses-table').getByText('"paused"').first().waitFor();
      const secret = JSON.parse(await page.evaluate<string>("sessionStorage.getItem('fibric-edge.window')"));
      expect(secret).toMatch(/^[\w-]{43}$/);
      expect(await page.locator('body').innerText()).not.toContain(secret);
      expect(await agent.api.getPause()).toEqual({ object: 'pause', paused: true });
    });

    it('has broken no rule of its policy and asked no other host for anything', () => {
      expect(complaints).toEqual([]);
    });
  },
);
