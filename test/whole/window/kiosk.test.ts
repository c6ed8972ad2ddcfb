import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeWithInput, startAgent } from '../support/agent-process.ts';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('the panel for a supervisor'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
    await bench.page.setViewportSize({ width: 1024, height: 600 });
  });
  afterAll(() => bench?.close());
  const tile = (name: string) => bench.page.locator('.tile', { hasText: name });
  /** What of the page can't be seen at once, in pixels: nothing is to be scrolled. */
  const beyond = () =>
    bench.page.evaluate(
      'Math.max(document.documentElement.scrollHeight - innerHeight, document.documentElement.scrollWidth - innerWidth)',
    );

  it('shows each device on a page without scrolling, with buttons that gloves can press', async () => {
    await bench.open('/kiosk');
    await tile('climate').waitFor();
    expect(await beyond()).toBe(0);
    const small = await bench.page.$$eval('.kiosk button:not(.tile-name), .kiosk a', (all) =>
      all.filter((each) => each.getBoundingClientRect().height < 72).map((each) => each.textContent),
    );
    expect(small).toEqual([]);
    const pages = bench.page.getByRole('navigation', { name: 'Pages' });
    const shown = new Set<string>();
    const note = async () => {
      for (const name of await bench.page.locator('.tile-name > span:first-child').allInnerTexts()) shown.add(name);
    };
    await note();
    while (await pages.getByRole('button', { name: 'Next page' }).isEnabled()) {
      const before = await pages.innerText();
      await pages.getByRole('button', { name: 'Next page' }).click();
      await expect.poll(() => pages.innerText()).not.toBe(before);
      await note();
    }
    const installed = (await bench.agent.api.listConnectors()).map(({ name }) => name);
    expect([...shown].sort()).toEqual([...installed].sort());
    await bench.page.goto(`${bench.agent.url}/kiosk?page=2`);
    await pages.getByText(/^2 of/).waitFor();
  });

  it('puts what is wrong first, with what to do, and back when it is well again', async () => {
    await bench.open('/kiosk');
    await bench.host.unplug('till');
    const first = bench.page.locator('.tile').first();
    await first.getByText('receipt-printer').waitFor({ timeout: 20_000 });
    await first.getByText('Unplugged').waitFor();
    expect(await first.locator('.tile-step').innerText()).not.toBe('');
    await bench.page.locator('[data-verdict]', { hasText: '1 needs you' }).waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('kiosk-unplugged');
    await first.click();
    const sheet = bench.page.getByRole('dialog', { name: 'receipt-printer' });
    await sheet.getByText('Unplugged').first().waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('kiosk-sheet');
    await bench.host.plug('till');
    await expect.poll(async () => (await bench.agent.api.getHealth()).connectors.error, { timeout: 20_000 }).toBe(0);
    await sheet.getByRole('button', { name: 'Run the test' }).click();
    await sheet.locator('[data-test="passed"]').waitFor({ timeout: 60_000 });
    await bench.page.keyboard.press('Escape');
    await bench.page.getByRole('dialog').waitFor({ state: 'detached' });
    await expect.poll(() => bench.page.locator('.tile.needs').count()).toBe(0);
  });

  it('lets a person decide with keys on the screen, the PIN included', async () => {
    const set = await edgeWithInput('4711\n', bench.dataDir, 'approvals', 'pin', 'set', '--pin-stdin');
    expect(set.code).toBe(0);
    const door = (await bench.agent.api.listConnectors()).find(({ name }) => name === 'relay-board');
    await bench.agent.api.setPolicy(door?.id ?? '', { default: 'confirm', tools: {} });
    const calling = bench.edge('call', 'relay-board', 'relay.set', 'relay=1', 'on=true', '--json');
    await bench.page.reload();
    await bench.page.getByRole('button', { name: '1 approval waits' }).click();
    const sheet = bench.page.getByRole('dialog');
    const keys = sheet.getByRole('group', { name: 'Keys for the PIN' });
    expect(await sheet.getByRole('button', { name: 'Allow once' }).isDisabled()).toBe(true);
    for (const digit of ['4', '7', '1', '2']) await keys.getByRole('button', { name: digit, exact: true }).click();
    await keys.getByRole('button', { name: 'Erase the last digit' }).click();
    await keys.getByRole('button', { name: '1', exact: true }).click();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('kiosk-approval');
    await sheet.getByRole('button', { name: 'Allow once' }).click();
    await sheet.locator('[data-approval]').waitFor({ state: 'detached' });
    expect(JSON.parse((await calling).stdout)).toMatchObject({ result: { outcome: 'applied' } });
    await bench.page.keyboard.press('Escape');
    expect((await edgeWithInput('4711\n', bench.dataDir, 'approvals', 'pin', 'remove', '--pin-stdin')).code).toBe(0);
  });

  it('is a page like any other in a browser: it can be left, and Settings leads to it', async () => {
    await bench.open('/kiosk');
    await bench.page.getByRole('link', { name: 'Close the panel' }).click();
    await bench.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect(await bench.page.evaluate('document.documentElement.dataset.density')).toBe('desk');
    await bench.open('/settings/display');
    await bench.page.getByRole('link', { name: 'Open the panel' }).click();
    await bench.page.waitForURL('**/kiosk');
  });

  it('can be read in every theme and language, from the smallest panel to a phone and a large screen', async () => {
    await bench.host.unplug('till');
    await bench.open('/kiosk');
    await tile('receipt-printer').getByText('Unplugged').waitFor({ timeout: 20_000 });
    for (const theme of themes) {
      await bench.look({ theme });
      await bench.open('/kiosk');
      await tile('receipt-printer').waitFor();
      expect(await bench.axe()).toEqual([]);
      await bench.picture(`kiosk-${theme}`);
    }
    for (const language of languages) {
      await bench.look({ language });
      await bench.open('/kiosk');
      await tile('receipt-printer').waitFor();
      expect(await beyond()).toBe(0);
      await bench.picture(`kiosk-${language}`);
    }
    await bench.page.setViewportSize({ width: 1920, height: 1080 });
    await bench.picture('kiosk-large');
    expect(await beyond()).toBe(0);
    await bench.page.setViewportSize({ width: 360, height: 740 });
    expect(await bench.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
    await bench.picture('kiosk-phone');
    await bench.page.setViewportSize({ width: 1024, height: 600 });
    await bench.look({});
    expect(bench.faults).toEqual([]);
  });

  it('says at once when the agent is lost, and old values look old', async () => {
    await bench.open('/kiosk');
    await tile('front-scale').locator('.fact-value').waitFor();
    await bench.agent.stop();
    await bench.page.locator('[data-lost]').waitFor({ timeout: 20_000 });
    expect(await beyond()).toBe(0);
    // Nothing is green that nobody has heard of since.
    expect(await bench.page.locator('.kiosk .mark.tone-ok').count()).toBe(0);
    await bench.picture('kiosk-lost');
    bench.agent = await startAgent({ dataDir: bench.dataDir, demo: true });
  });
});
