import { createServer } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { HostedDevice } from '../../../drivers/simulator-host/hosted-device.ts';
import { edge, startAgent } from '../support/agent-process.ts';
import { simulated } from '../support/simulated.ts';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';

/** A port that was free a moment ago. */
async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  await new Promise((closed) => server.close(closed));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

describe.skipIf(!hasChromium)(inChromium('a device on the network'), () => {
  let bench: WindowBench;
  let printer: HostedDevice;
  let port: number;
  let address: string;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
    port = await freePort();
    address = `tcp://127.0.0.1:${port}`;
    printer = simulated('cn-printer-escpos', address, { head_width_dots: 384, maker: 'Demo', model: 'NET-58' });
  });
  afterAll(async () => {
    await printer?.unplug();
    await bench?.close();
  });
  const dialog = (name: RegExp | string) => bench.page.getByRole('dialog', { name });
  const open = async () => {
    await bench.open('/');
    await bench.page.getByRole('link', { name: 'Add a network device…' }).click();
    await dialog('Add a network device').waitFor();
  };
  const devices = async () => (await bench.agent.api.listDevices()).filter(({ added }) => added);

  it('that can not be reached says why, and nothing is added unless a person wants it', async () => {
    await open();
    expect(await bench.page.evaluate('document.activeElement.id')).toBe('address-host');
    await bench.page.getByLabel('Name or address').fill(address);
    expect(await bench.page.getByLabel('Port', { exact: true }).inputValue()).toBe(String(port));
    await bench.page.getByRole('button', { name: 'Check and add' }).click();
    await bench.page.locator('[data-not-reached]', { hasText: 'takes no connection' }).waitFor();
    await bench.page.getByRole('button', { name: 'Add it all the same' }).waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('network-not-reached');
    expect(await devices()).toEqual([]);
  });

  it('is added after a try that sends nothing, identified, installed, and kept over a restart', async () => {
    await printer.plug();
    await open();
    await bench.page.getByLabel('Name or address').fill('127.0.0.1');
    await bench.page.getByLabel('Port', { exact: true }).fill(String(port));
    await bench.page.getByRole('button', { name: 'Check and add' }).click();
    await bench.page.getByRole('heading', { level: 1, name: address }).waitFor();
    expect(printer.describe()['received_count']).toBe(0);
    const [device] = await devices();
    expect(device).toMatchObject({ path: address, present: true, added: true });

    await bench.page.getByRole('link', { name: 'Choose driver' }).click();
    await bench.page.getByRole('button', { name: 'Identify' }).click();
    await expect
      .poll(() => bench.page.locator('#install-listing').inputValue(), { timeout: 60_000 })
      .toBe('cn-printer-escpos');
    await bench.page.getByLabel(/^Name/).fill('back-office');
    await bench.page.getByRole('button', { name: 'Install back-office' }).click();
    await bench.page.getByRole('button', { name: 'Done' }).waitFor({ timeout: 60_000 });

    await bench.agent.stop();
    bench.agent = await startAgent({ dataDir: bench.dataDir, demo: true });
    expect(await devices()).toMatchObject([{ id: device?.id, path: address, owner: { name: 'back-office' } }]);
    await bench.signIn();
  });

  it('stays while a connector uses it, and is removed after a question', async () => {
    const [device] = await devices();
    const refused = await edge(bench.dataDir, 'devices', 'remove', address, '--yes');
    expect(refused.stderr).toContain('back-office');
    expect(refused.code).toBe(3);
    await bench.open(`/devices/${device?.id}`);
    await bench.page.getByText('uninstall its connector first').waitFor();
    expect((await edge(bench.dataDir, 'connectors', 'remove', 'back-office', '--yes')).code).toBe(0);
    await bench.page.getByRole('button', { name: 'Remove…' }).click();
    await dialog(/^Remove the device at/).waitFor();
    expect(await bench.page.evaluate('document.activeElement.textContent')).toBe('Keep it');
    await bench.page.getByRole('button', { name: 'Remove it' }).click();
    await bench.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect(await devices()).toEqual([]);
  });

  it('is not added twice: the sheet leads to the one that is there', async () => {
    const kitchen = (await bench.agent.api.listDevices()).find(({ path }) => path.startsWith('tcp://'));
    await open();
    await bench.page.getByLabel('Name or address').fill(kitchen?.path ?? '');
    await bench.page.getByRole('button', { name: 'Check and add' }).click();
    await bench.page.getByText('This device is here already:').waitFor();
    await dialog('Add a network device').getByRole('link').click();
    await bench.page.waitForURL(`**/devices/${kitchen?.id}`);
  });

  it('is added with what the page shows in every theme and language, on a phone and on the smallest panel', async () => {
    await bench.open('/');
    for (const theme of themes) {
      await bench.look({ theme });
      await bench.open('/?add=1');
      await bench.page.getByRole('dialog').waitFor();
      expect(await bench.axe()).toEqual([]);
      await bench.picture(`network-${theme}`);
    }
    await bench.page.setViewportSize({ width: 360, height: 740 });
    for (const language of languages) {
      await bench.look({ language, density: 'touch' });
      await bench.open('/?add=1');
      await bench.page.getByRole('dialog').waitFor();
      expect(await bench.page.evaluate('document.documentElement.scrollWidth')).toBeLessThanOrEqual(360);
      await bench.picture(`network-phone-${language}`);
    }
    await bench.page.setViewportSize({ width: 1280, height: 800 });
    expect(bench.faults).toEqual([]);
  });
});
