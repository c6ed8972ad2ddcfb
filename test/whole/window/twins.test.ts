import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostedDevice } from '../../../drivers/simulator-host/hosted-device.ts';
import { simulated } from '../support/simulated.ts';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';

/** Two scales of one kind, whose plugs carry no serial number: nothing but their paths tells them apart. */
describe.skipIf(!hasChromium)(inChromium('two devices that look the same'), () => {
  let bench: WindowBench;
  let folder: string;
  const scales = new Map<string, HostedDevice>();
  const pathOf = (name: string) => join(folder, name);
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'twins-'));
    const plug = '{ vendor_id: "0403", product_id: "6001", manufacturer: FTDI, product: FT232R USB UART }';
    const lines = ['left', 'right'].map((name) => `  - { path: ${pathOf(name)}, declared: ${plug} }`);
    for (const name of ['left', 'right']) {
      const scale = simulated('cn-scale-sics', pathOf(name), { gross: '0.000', unit: 'kg', serial: `TWIN-${name}` });
      await scale.plug();
      scales.set(name, scale);
    }
    bench = await openWindowBench({ config: ['paths:', ...lines].join('\n') });
    await bench.signIn();
  });
  afterAll(async () => {
    for (const scale of scales.values()) await scale.unplug();
    await bench?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  const deviceAt = async (name: string) => {
    const found = (await bench.agent.api.listDevices()).find(({ path }) => path === pathOf(name));
    if (found === undefined) throw new Error(`no device at ${name}`);
    return found;
  };
  const twin = async (name: string) => bench.page.locator(`[data-twin="${(await deviceAt(name)).id}"]`);
  const openTwins = async () => {
    await bench.open(`/devices/${(await deviceAt('left')).id}`);
    await bench.page.getByRole('heading', { name: 'Tell them apart' }).waitFor();
  };

  it('are told apart by the one that is unplugged for a moment', async () => {
    await openTwins();
    await scales.get('right')?.unplug();
    const right = await twin('right');
    await right.getByText(/was unplugged just now/).waitFor({ timeout: 20_000 });
    expect(await (await twin('left')).getAttribute('data-touched')).toBe('no');
    expect(await bench.axe()).toEqual([]);
    await bench.picture('twins-unplugged');
    await scales.get('right')?.plug();
    await expect.poll(async () => (await deviceAt('right')).present, { timeout: 20_000 }).toBe(true);
  });

  it('are told apart by the one that is used, once a connector reads it', async () => {
    const left = await deviceAt('left');
    const installed = await bench.edge(
      'install',
      'cn-scale-sics',
      '--device',
      left.id,
      '--name',
      'counter-scale',
      '--json',
    );
    expect(installed.code).toBe(0);
    await openTwins();
    const row = await twin('left');
    await row.getByText('counter-scale').waitFor();
    await row.locator('.fact-value').waitFor({ timeout: 20_000 });
    scales.get('left')?.change({ gross: '0.512' });
    await row.getByText(/changed just now/).waitFor({ timeout: 20_000 });
    expect(await (await twin('right')).getAttribute('data-touched')).toBe('no');
    await bench.picture('twins-moved');
  });

  it('can be exchanged: the connector moves to the other one, with its name, and reads that', async () => {
    scales.get('right')?.change({ gross: '2.250' });
    const connector = (await bench.agent.api.listConnectors()).find(({ name }) => name === 'counter-scale');
    await bench.open(`/connectors/${connector?.id}/settings`);
    const right = await deviceAt('right');
    await bench.page.getByLabel('Use another device').selectOption(right.id);
    expect(await bench.axe()).toEqual([]);
    await bench.picture('twins-rebind');
    await bench.page.getByRole('button', { name: 'Use this one' }).click();
    await expect
      .poll(async () => (await deviceAt('right')).owner, { timeout: 20_000 })
      .toMatchObject({ name: 'counter-scale' });
    expect((await deviceAt('left')).owner).toBeNull();
    // The one that was left is free, and is offered again.
    await bench.page
      .getByLabel('Use another device')
      .locator(`option[value="${(await deviceAt('left')).id}"]`)
      .waitFor({ state: 'attached' });
    const read = await bench.edge('call', 'counter-scale', 'weight.read', '--json');
    expect(read.stdout).toContain('2.250');
    expect(bench.faults).toEqual([]);
  });

  it('are shown in every theme and language, also on a phone', async () => {
    for (const theme of themes) {
      await bench.look({ theme });
      await openTwinsQuietly();
      expect(await bench.axe()).toEqual([]);
      await bench.picture(`twins-${theme}`);
    }
    await bench.page.setViewportSize({ width: 360, height: 740 });
    for (const language of languages) {
      await bench.look({ language });
      await openTwinsQuietly();
      expect(await bench.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await bench.picture(`twins-phone-${language}`);
    }
  });
  const openTwinsQuietly = async () => {
    await bench.open(`/devices/${(await deviceAt('left')).id}`);
    await (await twin('left')).waitFor();
  };
});
