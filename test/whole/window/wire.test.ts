import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { startAgent } from '../support/agent-process.ts';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('the wire of a connector, and how it was'), () => {
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
  const button = (name: string | RegExp) => bench.page.getByRole('button', { name, exact: typeof name === 'string' });
  const rows = (direction: 'out' | 'in' | 'note') => bench.page.locator(`.wire-row[data-direction="${direction}"]`);
  const readWeight = () => bench.edge('call', 'front-scale', 'weight.read', '--json');

  it('says what to do while nothing is recorded, and records from then on', async () => {
    await go('front-scale', '/wire');
    await bench.page.getByRole('heading', { name: 'Nothing is recorded yet' }).waitFor();
    await readWeight();
    expect(await rows('out').count()).toBe(0);
    expect(await bench.axe()).toEqual([]);
    await bench.picture('wire-empty');
    await button('Record').click();
    await bench.page.getByText(/^Recorded until/).waitFor();
    await readWeight();
    await rows('out').getByText('SICRLF').first().waitFor();
    await rows('in').getByText('weight.read').first().waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('wire-text');
  });

  it('shows the same bytes as hex, and keeps that in the address', async () => {
    await button('Hex').click();
    await rows('out').getByText('53 49 0D 0A').first().waitFor();
    await bench.page.waitForURL(/[?&]hex=1/);
    expect(await bench.axe()).toEqual([]);
    await bench.picture('wire-hex');
  });

  it('finds text and hex, and one direction', async () => {
    const find = bench.page.getByLabel('Find text or hex');
    await find.fill('0D 0A');
    await rows('out').first().waitFor();
    await find.fill('no such text');
    await bench.page.getByText('No line matches.', { exact: false }).waitFor();
    await button('Show everything').click();
    await bench.page.getByLabel('Direction').selectOption('in');
    await rows('in').first().waitFor();
    expect(await rows('out').count()).toBe(0);
    await bench.page.getByLabel('Direction').selectOption('all');
    await rows('out').first().waitFor();
  });

  it('holds still while paused, says what is new, and loses nothing of it', async () => {
    await button('Pause').click();
    const before = await rows('out').count();
    await readWeight();
    await bench.page.getByText(/new below/).waitFor();
    expect(await rows('out').count()).toBe(before);
    await button('Go on').click();
    await button('Pause').waitFor();
    // Typed as a person types: a key that comes too fast after another is a scanner's.
    await bench.page.waitForTimeout(100);
    await bench.page.keyboard.press('p');
    await button('Go on').waitFor();
    await bench.page.waitForTimeout(100);
    await bench.page.keyboard.press('p');
    await button('Pause').waitFor();
    await rows('out').nth(before).waitFor();
  });

  it('is saved as text and as JSON', async () => {
    const saved = bench.page.waitForEvent('download');
    await button('Export as JSON').click();
    const file = await saved;
    expect(file.suggestedFilename()).toMatch(/^front-scale-wire-\S+\.jsonl$/);
    const entries = readFileSync(await file.path(), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line));
    expect(entries).toContainEqual(expect.objectContaining({ direction: 'out', hex: '53 49 0D 0A' }));
    const savedText = bench.page.waitForEvent('download');
    await button('Export as text').click();
    expect(readFileSync(await (await savedText).path(), 'utf8')).toContain('->  53 49 0D 0A');
  });

  it('tells of a cable that is pulled, in words', async () => {
    await bench.host.unplug('scale');
    await rows('note').getByText('Port lost').first().waitFor();
    await bench.host.plug('scale');
    await rows('note').getByText('Port opened').last().waitFor();
    await bench.page.locator('[data-health="ok"]').first().waitFor();
  });

  it('shows what a printer is sent, and links an act to its row', async () => {
    await bench.edge('connectors', 'wire', 'receipt-printer', '--start');
    await bench.edge('call', 'receipt-printer', 'drawer.open', '--json');
    await go('receipt-printer', '/wire');
    await bench.page.getByRole('link', { name: 'Its row in Activity' }).first().waitFor();
    await bench.picture('wire-printer');
  });

  it('asks before it deletes, and stops when it is told to', async () => {
    await go('front-scale', '/wire');
    await button('Delete…').click();
    await button('Keep it').click();
    await rows('out').first().waitFor();
    await button('Delete…').click();
    await button('Delete what was recorded').click();
    await bench.page.getByText('Nothing went over the wire yet').waitFor();
    await button('Stop recording').click();
    await bench.page.getByText('Not recorded', { exact: true }).waitFor();
    await readWeight();
    expect(await rows('out').count()).toBe(0);
  });

  it('shows how a scale was: the cable that was pulled, and the time without an agent', async () => {
    await bench.agent.stop();
    bench.agent = await startAgent({ dataDir: bench.dataDir, demo: true });
    await bench.signIn();
    await go('front-scale');
    const timeline = bench.page.locator('section[aria-labelledby="health-timeline"]');
    await timeline.getByRole('img', { name: /1 problem/ }).waitFor();
    for (const lane of ['ok', 'error', 'not_known'])
      await timeline.locator(`[data-lane="${lane}"] .lane-bar`).first().waitFor();
    expect(await bench.axe()).toEqual([]);
    await timeline.scrollIntoViewIfNeeded();
    await bench.picture('health-timeline');
    await timeline.getByRole('button', { name: 'As a table' }).click();
    await timeline.getByRole('cell', { name: 'Unplugged', exact: false }).first().waitFor();
    await timeline
      .getByRole('cell', { name: /did not run/ })
      .first()
      .waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('health-timeline-table');
    await timeline.getByRole('link', { name: '7 days' }).click();
    await bench.page.waitForURL(/health=7d/);
  });

  it.each(themes.map((theme, index) => ({ theme, language: languages[index] ?? 'en' })))(
    'is clean in $theme and $language, on a phone and on a panel',
    async ({ theme, language }) => {
      await bench.edge('connectors', 'wire', 'front-scale', '--start');
      await readWeight();
      await bench.look({ theme, language });
      for (const [width, height] of [
        [360, 740],
        [1024, 600],
      ] as const) {
        await bench.page.setViewportSize({ width, height });
        for (const [tab, shown] of [
          ['/wire', '.wire-row[data-direction="in"]'],
          ['/wire?hex=1', '.hex-row'],
          ['', '.lane-bar'],
        ] as const) {
          await go('front-scale', tab);
          await bench.page.locator(shown).first().waitFor();
          expect(await bench.axe()).toEqual([]);
          expect(
            await bench.page.evaluate('document.documentElement.scrollWidth - document.documentElement.clientWidth'),
          ).toBeLessThanOrEqual(0);
          await bench.page.locator(shown).first().scrollIntoViewIfNeeded();
          await bench.picture(`wire${tab.replaceAll(/\W+/g, '-') || '-live'}-${theme}-${language}-${width}`);
        }
      }
      await bench.page.setViewportSize({ width: 1280, height: 800 });
      await bench.look({});
    },
  );

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
