import { readFileSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, inChromium, openWindowBench, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('Activity'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
  });
  afterAll(() => bench?.close());
  const rows = () => bench.page.locator('li[data-journal]');
  const relay = (on: boolean, ...more: readonly string[]) =>
    bench.edge('call', 'relay-board', 'relay.set', 'relay=1', `on=${on}`, '--json', ...more);

  it('says what would be listed as long as nothing was done, and lists it as it happens', async () => {
    await bench.open('/activity');
    await bench.page.getByRole('heading', { name: 'Nothing was done yet on this machine' }).waitFor();
    await relay(true);
    await rows().filter({ hasText: 'Switch relay 1 on' }).getByText('Done').waitFor();
    expect(await bench.axe()).toEqual([]);
  });

  it('shows a row whole: who asked, for what exactly, how it is known', async () => {
    await rows().first().getByRole('link').click();
    const sheet = bench.page.getByRole('dialog');
    await sheet.getByText('read back from the device').waitFor();
    await sheet.getByText('local administrator').waitFor();
    expect(await bench.axe()).toEqual([]);
    const address = bench.page.url();
    await bench.page.goto(address);
    await bench.page.getByRole('dialog').getByText('"relay": 1').first().waitFor();
    await bench.page.keyboard.press('Escape');
    await bench.page.getByRole('dialog').waitFor({ state: 'detached' });
  });

  it('asks what happened where nobody knows, and lets the device act again after the answer', async () => {
    // The cable is pulled while the answer is on its way.
    await bench.edge('connectors', 'set', 'relay-board', 'reply_timeout_ms=5000');
    await bench.host.change('bus', { address: 1, reply_delay_ms: 1_000 });
    const stop = new AbortController();
    const { promise: listening, resolve: listens } = Promise.withResolvers<void>();
    const sent = (async () => {
      for await (const event of bench.agent.api.events({ signal: stop.signal, onOpen: listens })) {
        if (event.type === 'journal' && event.entry.state === 'sent') return;
      }
    })();
    await listening;
    const call = relay(false);
    const early = call.then(({ stdout }) => Promise.reject(new Error(`it was not cut: ${stdout}`)));
    await Promise.race([sent, early]);
    early.catch(() => {});
    stop.abort();
    await bench.host.unplug('bus');
    expect(JSON.parse((await call).stdout)).toMatchObject({ result: { outcome: 'unknown' } });
    await bench.open('/activity?outcome=to_answer');
    await rows().getByText('Not known if it happened').waitFor();
    await bench.page.locator('li[data-journal] .row-step').getByRole('link', { name: 'To answer' }).click();
    const form = bench.page.locator('[data-settle]');
    expect(await form.getByRole('button', { name: 'Save answer' }).isDisabled()).toBe(true);
    await bench.picture('activity-settle');
    expect(await bench.axe()).toEqual([]);
    await form.getByLabel('Yes, it happened').check();
    await form.getByLabel('Your name').fill('Ada');
    await form.getByLabel('Note').fill('I looked: the lamp is off.');
    await form.getByRole('button', { name: 'Save answer' }).click();
    await bench.page.getByRole('dialog').getByText('A person said: it happened').waitFor();
    await bench.page.getByRole('dialog').getByText('Ada').waitFor();
    await bench.host.plug('bus');
    await bench.host.change('bus', { address: 1, reply_delay_ms: 0 });
    await expect
      .poll(async () => JSON.parse((await relay(true)).stdout).result?.outcome, { timeout: 60_000 })
      .toBe('applied');
  });

  it('filters, and says so when nothing is left', async () => {
    await bench.open('/activity?outcome=refused');
    await bench.page.getByRole('heading', { name: 'Nothing like that was done' }).waitFor();
    await bench.page.getByRole('button', { name: 'Show everything' }).click();
    await rows().first().waitFor();
    await bench.page.getByRole('combobox').selectOption({ label: 'front-scale' });
    await bench.page.getByRole('heading', { name: 'Nothing like that was done' }).waitFor();
  });

  it('exports a file that shows later changes', async () => {
    await bench.open('/activity');
    const saved = bench.page.waitForEvent('download');
    await bench.page.getByRole('button', { name: 'Export…' }).click();
    const file = await (await saved).path();
    const lines = readFileSync(file, 'utf8').trim().split('\n');
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({ type: 'header', format: 'fibric-edge-journal' });
    expect(JSON.parse(lines.at(-1) ?? '')).toMatchObject({ type: 'trailer', count: lines.length - 2 });
    expect((await bench.edge('journal', 'verify', file)).code).toBe(0);
  });

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
