import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StdioClientTransport } from '@modelcontextprotocol/sdk/client/stdio.js';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { launcher } from '../support/ready-process.ts';
import { hasChromium, inChromium, openWindowBench, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium("a connector's page"), () => {
  let bench: WindowBench;
  let ids: ReadonlyMap<string, string>;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
    const listed = JSON.parse((await bench.edge('connectors', '--json')).stdout) as readonly {
      readonly id: string;
      readonly name: string;
    }[];
    ids = new Map(listed.map(({ id, name }) => [name, id]));
  });
  afterAll(() => bench?.close());
  const go = async (name: string, tab = '') => {
    await bench.open(`/connectors/${ids.get(name)}${tab}`);
    await bench.page.getByRole('heading', { level: 1, name }).waitFor();
  };
  const writes = async () => ((await bench.host.state('bus')) as { harmful_count: number }).harmful_count;
  const tool = (name: string) => bench.page.locator(`section[data-tool="${name}"]`);

  it('is opened from Home, and its tabs have addresses', async () => {
    await bench.open('/');
    await bench.page.getByRole('link', { name: 'front-scale', exact: true }).click();
    await bench.page.getByRole('heading', { level: 1, name: 'front-scale' }).waitFor();
    for (const [tab, path] of [
      ['Actions', '/actions'],
      ['Tests', '/tests'],
      ['MCP', '/mcp'],
      ['Settings', '/settings'],
      ['Live', ''],
    ] as const) {
      await bench.page
        .getByRole('navigation', { name: 'Parts of this connector' })
        .getByText(tab, { exact: true })
        .click();
      await bench.page.waitForURL((url) => url.pathname === `/connectors/${ids.get('front-scale')}${path}`);
    }
  });

  it('shows the state of a printer in words', async () => {
    await go('receipt-printer');
    const printer = bench.page.locator('[data-tool="printer.read"]');
    await printer.getByText('Paper', { exact: true }).waitFor();
    await printer.getByText('closed', { exact: true }).first().waitFor();
    await printer.getByText('yes', { exact: true }).first().waitFor();
    expect(await printer.getByText('on', { exact: true }).count()).toBe(0);
  });

  it('shows a printer as a picture, whose parts are told by shape and word, and what to do', async () => {
    await go('receipt-printer');
    const picture = bench.page.locator('.printer');
    const drawing = picture.locator('svg.printer-drawing');
    const part = (name: string) => picture.locator(`[data-part="${name}"]`);
    const read = () => bench.edge('call', 'receipt-printer', 'printer.read', '--json');
    expect((await read()).code).toBe(0);
    await picture.getByText('It can print.').waitFor();
    expect(await drawing.getAttribute('data-cover')).toBe('closed');
    const shapeWhenWell = await drawing.innerHTML();
    await bench.host.change('till', { cover: 'open', paper: 'out' });
    expect((await read()).code).toBe(0);
    await part('cover').getByText('open', { exact: true }).waitFor();
    await part('paper').getByText('out', { exact: true }).waitFor();
    expect(await part('paper').locator('svg').getAttribute('data-shape')).toBe('octagon-x');
    expect(await drawing.innerHTML()).not.toBe(shapeWhenWell);
    await picture.getByText('Load a roll and close the lid.').waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('connector-printer-trouble');
    for (const theme of ['dark', 'contrast-dark', 'contrast-light'] as const) {
      await bench.look({ theme });
      await go('receipt-printer');
      await part('cover').getByText('open', { exact: true }).waitFor();
      expect(await bench.axe()).toEqual([]);
      await bench.picture(`connector-printer-${theme}`);
    }
    await bench.look({});
    await bench.host.change('till', { cover: 'closed', paper: 'ok' });
    await go('receipt-printer');
    expect((await read()).code).toBe(0);
    await picture.getByText('It can print.').waitFor();
    await bench.picture('connector-printer');
  });

  it('has keys that go to its test, hold its chart, and say its value; none of them acts', async () => {
    await go('front-scale', '?range=1h');
    const course = bench.page.locator('[data-course="weight.read"]');
    await course.getByRole('button', { name: 'Hold' }).waitFor();
    await bench.page.keyboard.press('p');
    await course.getByRole('button', { name: 'Go on' }).waitFor();
    await bench.page.waitForTimeout(60);
    await bench.page.keyboard.press('p');
    await course.getByRole('button', { name: 'Hold' }).waitFor();
    await bench.page.waitForTimeout(60);
    await bench.page.keyboard.press('v');
    await bench.page.locator('[data-spoken="assertive"]', { hasText: /\d\.\d+/ }).waitFor({ state: 'attached' });
    const tests = (await bench.agent.api.listConnectorTests(ids.get('front-scale') ?? '')).length;
    await bench.page.waitForTimeout(60);
    await bench.page.keyboard.press('t');
    await bench.page.waitForURL(/\/tests\?step=run$/);
    expect(await bench.page.evaluate('document.activeElement.textContent')).toBe('Run the test');
    expect((await bench.agent.api.listConnectorTests(ids.get('front-scale') ?? '')).length).toBe(tests);
  });

  it('shows the command that starts its MCP server for this agent, and that command works', async () => {
    await go('front-scale', '/mcp');
    const shown = await bench.page.locator('pre.code', { hasText: '"command"' }).innerText();
    const entry = JSON.parse(shown).mcpServers['front-scale'] as { command: string; args: string[] };
    expect(entry.args).toEqual([launcher, 'mcp', 'serve', 'front-scale', '--data', bench.dataDir]);
    const client = new Client({ name: 'test', version: '1' });
    await client.connect(new StdioClientTransport({ command: entry.command, args: entry.args }));
    try {
      const { tools } = await client.listTools();
      expect(tools.map(({ name }) => name)).toContain('weight_read');
    } finally {
      await client.close();
    }
  });

  it('draws the course of a weight, and says it in a sentence and as a table', async () => {
    for (const gross of ['1.500', '2.250']) {
      await bench.host.change('scale', { gross });
      expect((await bench.edge('call', 'front-scale', 'weight.read', '--json')).stdout).toContain(gross);
    }
    await go('front-scale', '?range=1h');
    const course = bench.page.locator('[data-course="weight.read"]');
    await course.getByRole('img', { name: /lowest 1\.500/ }).waitFor();
    await course.locator('canvas').waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('connector-live');
    await course.getByRole('button', { name: 'As a table' }).click();
    await course.getByRole('cell', { name: '2.250' }).first().waitFor();
  });

  it('reads at once', async () => {
    await bench.host.change('scale', { gross: '3.125' });
    await go('front-scale', '/actions');
    await tool('weight.read').getByRole('button', { name: 'Read now' }).click();
    await tool('weight.read').getByText('"value": "3.125"').waitFor();
  });

  it('tries an action without acting, asks before it acts, acts once, and says how far that is proven', async () => {
    const before = await writes();
    await go('relay-board', '/actions');
    const relay = tool('relay.set');
    await relay.getByLabel('relay', { exact: false }).first().fill('2');
    await relay.getByRole('combobox').selectOption('true');
    await relay.getByRole('button', { name: 'Dry run' }).click();
    await relay.locator('[data-outcome="dry_run"]').waitFor();
    expect(await writes()).toBe(before);
    await relay.getByRole('button', { name: /…$/ }).click();
    const question = bench.page.getByRole('dialog');
    await question.getByText('"relay": 2').waitFor();
    expect(await bench.page.evaluate('document.activeElement.textContent')).toBe('Do nothing');
    expect(await bench.axe()).toEqual([]);
    await question.getByRole('button', { name: 'Do it' }).click();
    await relay.locator('[data-outcome="applied"]').getByText('read back from the device').waitFor();
    expect(await writes()).toBe(before + 1);
    await bench.picture('connector-actions');
    await relay.getByRole('link', { name: 'Its row in Activity' }).click();
    await bench.page.getByRole('dialog').getByText('"relay": 2').first().waitFor();
  });

  it('sends nothing that the form shows to be wrong', async () => {
    await go('relay-board', '/actions');
    const before = await writes();
    await tool('relay.set').getByLabel('relay', { exact: false }).first().fill('99');
    await tool('relay.set').getByRole('button', { name: 'Dry run' }).click();
    await tool('relay.set').getByText('From 1 to 8.').waitFor();
    expect(await tool('relay.set').locator('[data-outcome]').count()).toBe(0);
    expect(await writes()).toBe(before);
  });

  it('draws a receipt before it is printed', async () => {
    await go('receipt-printer', '/actions');
    await tool('receipt.print').getByRole('button', { name: 'Preview' }).click();
    await tool('receipt.print')
      .getByRole('img', { name: /dots wide/ })
      .waitFor();
    expect(await bench.axe()).toEqual([]);
  });

  it('runs a test with each result as it comes, and keeps it as a commissioning record', async () => {
    await go('relay-board', '/tests');
    const records = bench.page.locator('[data-record]');
    await records.first().waitFor();
    const before = await records.count();
    await bench.page.getByRole('button', { name: 'Run the test' }).click();
    await bench.page.locator('section [data-test="passed"]').waitFor();
    expect(await bench.page.locator('section .results li').count()).toBe(2);
    await records.nth(before).waitFor();
    const kept = records.first();
    await kept.getByText('Test passed').click();
    await kept.getByText('Commissioning record').waitFor();
    expect(await bench.axe()).toEqual([]);
    const saved = bench.page.waitForEvent('download');
    await kept.getByRole('button', { name: 'Save' }).click();
    expect((await saved).suggestedFilename()).toMatch(/^relay-board-test-\d{4}-\d{2}-\d{2}\.json$/);
  });

  it('says how an MCP client uses it', async () => {
    await go('front-scale', '/mcp');
    await bench.page.getByText(`/mcp/${ids.get('front-scale')}`).waitFor();
    await bench.page.getByText('weight_read').waitFor();
    expect(await bench.axe()).toEqual([]);
  });

  it('asks before programs may act without asking, and then the policy holds', async () => {
    await bench.edge('connectors', 'set', 'relay-board', 'policy.default=deny');
    await go('relay-board', '/settings');
    await bench.page.locator('[data-policy="relay.set"]').getByRole('combobox').selectOption('allow');
    await bench.page.locator('[data-policy="relay.set"]').getByLabel('To').fill('4');
    await bench.page.getByRole('button', { name: 'Save' }).click();
    await bench.page.getByRole('dialog').getByText('relay.set').waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.page.getByRole('button', { name: 'Let programs act' }).click();
    await bench.page.getByRole('dialog').waitFor({ state: 'detached' });
    const refused = await bench.edge('call', 'relay-board', 'relay.set', 'relay=5', 'on=true', '--json');
    expect(JSON.parse(refused.stdout)).toMatchObject({ result: { outcome: 'refused', reason: 'bounds' } });
  });

  it('fits a phone on each of its tabs', async () => {
    await bench.page.setViewportSize({ width: 360, height: 740 });
    for (const [tab, widest] of [
      ['', '.facts-live'],
      ['/actions', 'section[data-tool="relay.set"]'],
      ['/tests', '[data-record]'],
      ['/mcp', 'pre.code'],
      ['/settings', '[data-policy="access.unlock"]'],
    ] as const) {
      await go('front-door', tab);
      await bench.page.locator(widest).first().waitFor();
      const tooWide = await bench.page.evaluate(`document.documentElement.scrollWidth <= 360 ? [] :
        [...document.querySelectorAll('body *')].filter((each) => each.getBoundingClientRect().right > 360)
          .map((each) => each.outerHTML.slice(0, 80))`);
      expect([tab, tooWide]).toEqual([tab, []]);
    }
    await bench.page.setViewportSize({ width: 1280, height: 800 });
  });

  it('takes another name, and says when it is taken', async () => {
    await go('climate', '/settings');
    await bench.page.getByLabel('Name').fill('front-scale');
    await bench.page.getByRole('button', { name: 'Rename' }).click();
    await bench.page.getByRole('alert').waitFor();
    await bench.page.getByLabel('Name').fill('cellar');
    await bench.page.getByRole('button', { name: 'Rename' }).click();
    await bench.page.getByRole('heading', { level: 1, name: 'cellar' }).waitFor();
  });

  it('says who depends on a connector instead of uninstalling it', async () => {
    await bench.edge('operators', 'create', '--name', 'climate-watch', '--capabilities', 'sensor.read');
    await bench.open(`/connectors/${ids.get('climate')}/settings`);
    await bench.page.getByRole('button', { name: 'Uninstall…' }).click();
    await bench.page.getByRole('button', { name: 'Uninstall cellar' }).click();
    await bench.page.getByRole('dialog').getByRole('alert').getByText('sensor.read is fulfilled only by').waitFor();
    await bench.page.getByRole('button', { name: 'Keep it' }).click();
    await bench.edge('operators', 'pause', 'climate-watch');
  });

  it('asks before it uninstalls, keeps it on "Keep it", and then lets it go', async () => {
    await bench.open(`/connectors/${ids.get('climate')}/settings`);
    await bench.page.getByRole('button', { name: 'Uninstall…' }).click();
    await bench.page.getByRole('button', { name: 'Keep it' }).click();
    await bench.page.getByRole('button', { name: 'Uninstall…' }).click();
    await bench.page.getByRole('button', { name: 'Uninstall cellar' }).click();
    await bench.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect(await bench.page.getByRole('link', { name: 'cellar', exact: true }).count()).toBe(0);
    expect((await bench.edge('connectors', 'show', 'cellar')).code).not.toBe(0);
  });

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
