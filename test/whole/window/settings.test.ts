import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('Settings and Support'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
  });
  afterAll(() => bench?.close());

  it('makes a token that works, shows its secret once, and ends it', async () => {
    await bench.open('/settings/access');
    await bench.page.getByRole('button', { name: 'New token…' }).click();
    await bench.page.getByLabel(/^Name/).fill('dispatch');
    await bench.page.getByText('All connectors').click();
    await bench.page.getByLabel('front-scale').check();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('token-form');
    await bench.page.getByRole('button', { name: 'Make the token', exact: true }).click();
    const secret = await bench.page.locator('[data-secret]').innerText();
    const come = () => fetch(`${bench.agent.url}/v1/connectors`, { headers: { authorization: `Bearer ${secret}` } });
    const seen = (await (await come()).json()) as { data: { name: string }[] };
    expect(seen.data.map(({ name }) => name)).toEqual(['front-scale']);
    await bench.page.getByRole('button', { name: 'I have it' }).click();
    await bench.page.getByRole('rowheader', { name: 'dispatch' }).waitFor();
    expect(await bench.page.content()).not.toContain(secret);
    // On a phone too: what ends it is in sight, not somewhere to the right.
    const size = bench.page.viewportSize() ?? { width: 1280, height: 800 };
    await bench.page.setViewportSize({ width: 360, height: 740 });
    const box = await bench.page.getByRole('button', { name: 'End dispatch…' }).boundingBox();
    expect((box?.x ?? 0) + (box?.width ?? Number.NaN)).toBeLessThan(360);
    expect(await bench.axe()).toEqual([]);
    await bench.picture('token-phone');
    await bench.page.setViewportSize(size);
    await bench.page.getByRole('button', { name: 'End dispatch…' }).click();
    await bench.page.getByRole('button', { name: 'End dispatch', exact: true }).click();
    await bench.page.getByText('No program can come in with a token yet.').waitFor();
    expect((await come()).status).toBe(401);
  });

  it('says how long what is kept, and where that is set', async () => {
    await bench.open('/settings/data');
    await bench.page.getByText('10,000 of each device').waitFor();
    await bench.page.getByText('started without a configuration file').waitFor();
    await bench.page.getByText(bench.dataDir, { exact: true }).waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('settings-data');
  });

  it('says in honest words where secrets rest', async () => {
    await bench.open('/settings/secrets');
    await bench.page.getByText('Protected by file permissions only; this is not encryption').waitFor();
  });

  it('shows what the doctor found', async () => {
    await bench.open('/support');
    await bench.page.locator('[data-check="vault"]').waitFor();
    await bench.host.unplug('till');
    await expect.poll(async () => (await bench.agent.api.getHealth()).connectors.error, { timeout: 20_000 }).toBe(1);
    await bench.page.getByRole('button', { name: 'Run again' }).click();
    await bench.page.locator('[data-result="error"]', { hasText: 'receipt-printer' }).waitFor();
    await bench.host.plug('till');
  });

  it('shows the log, by level and words, from its address', async () => {
    await bench.open('/support?level=debug&filter=ready');
    await bench.page.locator('.log li', { hasText: 'ready at' }).waitFor();
    expect(await bench.page.getByText(/hidden by the filter/).count()).toBe(1);
  });

  it('makes a support bundle that can be looked into, and that has no values in it', async () => {
    await bench.open('/support');
    await bench.page.getByRole('button', { name: 'Make support bundle' }).click();
    const [download] = await Promise.all([
      bench.page.waitForEvent('download'),
      bench.page.getByRole('button', { name: /^Save the file/ }).click(),
    ]);
    const bundle = JSON.parse(readFileSync(await download.path(), 'utf8'));
    expect(bundle).toMatchObject({ format: 'fibric-edge support bundle 1', health: { object: 'health' } });
    expect(bundle.connectors.length).toBe(6);
    expect(JSON.stringify(bundle)).not.toContain('12.480');
  });

  const pages = [
    '/settings/general',
    '/settings/safety',
    '/settings/access',
    '/settings/data',
    '/settings/updates',
    '/support',
    '/cloud',
    '/catalogue',
  ];
  it.each(themes.map((theme, index) => ({ theme, language: languages[index] ?? 'en' })))(
    'can be looked at in $theme and $language, with nothing for axe to say and nothing cut off on a phone',
    async ({ theme, language }) => {
      await bench.look({ theme, language });
      for (const path of pages) {
        await bench.page.setViewportSize({ width: 360, height: 740 });
        await bench.open(path);
        await bench.page.waitForTimeout(300);
        expect(await bench.page.evaluate('document.documentElement.scrollWidth'), path).toBeLessThanOrEqual(360);
        await bench.picture(`phone${path.replaceAll('/', '-')}-${theme}-${language}`);
        await bench.page.setViewportSize({ width: 1024, height: 600 });
        await bench.picture(`kiosk${path.replaceAll('/', '-')}-${theme}-${language}`);
        expect(await bench.axe(), path).toEqual([]);
      }
    },
  );

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
