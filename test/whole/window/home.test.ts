import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('Home'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
  });
  afterAll(() => bench?.close());
  const row = (name: string) =>
    bench.page.locator('li[data-connector]', { has: bench.page.getByRole('link', { name, exact: true }) });
  const group = (title: string) => bench.page.getByRole('region', { name: new RegExp(`^${title}`) });

  it('shows each connector with its state in words and its live value, exactly as the device gives it', async () => {
    await bench.open('/');
    await bench.host.change('scale', { gross: '3.250' });
    await bench.edge('call', 'front-scale', 'weight.read');
    await row('front-scale').getByText('3.250', { exact: true }).waitFor();
    await row('front-scale').getByText('Working').waitFor();
    expect(await row('front-scale').getByText('simulated').count()).toBe(1);
  });

  it('keeps in view no older than the device says it should be, without anybody asking', async () => {
    await bench.open('/');
    await bench.host.change('bus', { unit: 2, temperature: '30.5' }).catch(() => {});
    const first = await row('climate').locator('.age').innerText();
    expect(first).toMatch(/ago/);
    // The sensor says every 5 s; nothing else on this machine reads it meanwhile.
    await bench.page.waitForTimeout(12_000);
    expect(await row('climate').locator('.old').count()).toBe(0);
  });

  it('tells of a lost cable by word and reason within a second or so, puts it first, and tells of its return', async () => {
    await bench.open('/');
    await bench.page.mouse.move(5, 700);
    await bench.host.unplug('scale');
    await group('Needs you').getByText('Unplugged', { exact: true }).waitFor({ timeout: 10_000 });
    await row('front-scale').getByText('Plug it back in').waitFor();
    expect(await row('front-scale').locator('.old').count()).toBe(1);
    expect(await bench.page.locator('[data-verdict]').innerText()).toContain('1 needs you');
    expect(await bench.axe()).toEqual([]);
    await bench.picture('home-unplugged');
    await bench.host.plug('scale');
    await group('Working').getByRole('link', { name: 'front-scale' }).waitFor({ timeout: 15_000 });
  });

  it('moves nothing while a pointer is in the list, and says what changed meanwhile', async () => {
    await bench.open('/');
    await row('climate').hover();
    const order = () => bench.page.locator('li[data-connector] .row-link').allInnerTexts();
    const before = await order();
    await bench.host.unplug('lock');
    await row('front-door').getByText('Unplugged', { exact: true }).waitFor({ timeout: 10_000 });
    expect(await order()).toEqual(before);
    await bench.page.getByRole('button', { name: '1 changed: sort again' }).click();
    await group('Needs you').getByRole('link', { name: 'front-door' }).waitFor();
    await bench.host.plug('lock');
    await row('front-door').getByText('Working').waitFor({ timeout: 15_000 });
  });

  it('keeps filters, order and search in the address, and takes them from there', async () => {
    await bench.open('/?class=printer');
    await row('kitchen-printer').waitFor();
    expect(await bench.page.locator('li[data-connector] .row-link').allInnerTexts()).toEqual([
      'kitchen-printer',
      'receipt-printer',
    ]);
    await bench.page.getByLabel('View').selectOption('tiles');
    await bench.page.waitForURL('**/?class=printer&view=tiles');
    await bench.page.goBack();
    await bench.page.locator('.as-rows').waitFor();
    await bench.page.getByRole('searchbox').first().fill('tm-t88');
    await bench.page.waitForURL('**/?class=printer&q=tm-t88');
    await row('kitchen-printer').waitFor({ state: 'detached' });
    await bench.page.getByRole('searchbox').first().fill('nothing like it');
    await bench.page.getByText('Nothing matches “nothing like it”.').waitFor();
    await bench.page.getByRole('link', { name: 'Show everything' }).click();
    await row('climate').waitFor();
  });

  it('slides a device that comes free into New, and forgets one that is put aside until it is asked for', async () => {
    await bench.open('/');
    await bench.edge('connectors', 'remove', 'kitchen-printer', '--yes');
    const found = group('New').locator('li[data-device]', { hasText: 'POS-58' });
    await found.waitFor({ timeout: 10_000 });
    await found.getByText('Receipt printer (ESC/POS)').waitFor();
    await found.getByRole('button', { name: 'Why?' }).click();
    expect(await found.innerText()).toMatch(/answered as|calls itself|names/i);
    await found.getByRole('button', { name: /^More for/ }).click();
    await bench.page.getByRole('menuitem', { name: 'Ignore this device' }).click();
    await found.waitFor({ state: 'detached' });
    await bench.page.getByRole('link', { name: /^Ignored/ }).click();
    await bench.page
      .locator('li[data-device]', { hasText: 'POS-58' })
      .getByRole('button', { name: /^More for/ })
      .click();
    await bench.page.getByRole('menuitem', { name: 'Offer it again' }).click();
  });

  it.each(themes.flatMap((theme) => languages.map((language) => ({ theme, language }))))(
    'can be looked at in $theme and $language, on a desk, a kiosk and a phone, with nothing cut off sideways',
    async ({ theme, language }) => {
      await bench.look({ theme, language });
      for (const [device, width, height] of [
        ['desk', 1280, 800],
        ['kiosk', 1024, 600],
        ['phone', 360, 740],
      ] as const) {
        await bench.page.setViewportSize({ width, height });
        await bench.open('/');
        await bench.page.locator('li[data-connector]').first().waitFor();
        expect(await bench.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(width);
        await bench.picture(`home-${theme}-${language}-${device}`);
      }
      expect(await bench.axe()).toEqual([]);
      await bench.page.setViewportSize({ width: 1280, height: 800 });
    },
  );

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
