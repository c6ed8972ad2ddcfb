import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, inChromium, openWindowBench, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('Install'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
    for (const name of ['front-scale', 'climate']) await bench.edge('connectors', 'remove', name, '--yes');
  });
  afterAll(() => bench?.close());
  const device = (text: string) => bench.page.locator('li[data-device]', { hasText: text });
  const sheet = () => bench.page.getByRole('dialog');

  it('takes two clicks from a recognised device to a value that moves', async () => {
    await bench.open('/');
    await device('MS32001L').getByRole('link', { name: 'Install' }).click();
    await sheet().getByText('Identify sends first').waitFor();
    expect(await sheet().innerText()).toContain('49 34 0D 0A');
    expect(await sheet().innerText()).toContain('9600 8N1');
    expect(await bench.axe()).toEqual([]);
    await bench.picture('install-sheet');
    await sheet().getByRole('button', { name: 'Install scale' }).click();
    await sheet().locator('[data-progress="ok"]').waitFor({ timeout: 20_000 });
    await sheet().getByText('12.480', { exact: true }).waitFor();
    await bench.host.change('scale', { gross: '7.125' });
    await sheet().getByText('7.125', { exact: true }).waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('install-done');
  });

  it('takes it back with Undo, and leaves the sheet with Esc, where it was opened from', async () => {
    await sheet().getByRole('button', { name: 'Undo' }).click();
    await sheet().getByRole('button', { name: 'Install scale' }).waitFor();
    expect((await bench.edge('connectors', 'show', 'scale')).code).not.toBe(0);
    await bench.page.keyboard.press('Escape');
    await sheet().waitFor({ state: 'detached' });
    expect(new URL(bench.page.url()).pathname).toBe('/');
  });

  it('asks the device who it is, and shows the answer and every byte', async () => {
    await device('MS32001L').getByRole('link', { name: 'Install' }).click();
    await sheet().getByRole('button', { name: 'Identify' }).click();
    await sheet().getByText('serial number B123456789').waitFor({ timeout: 20_000 });
    await sheet().getByText('Every byte of the question').click();
    expect(await sheet().locator('.bytes tbody tr').count()).toBeGreaterThan(1);
    await bench.picture('install-identified');
  });

  it('installs with a policy in plain words and a name, which the agent then keeps to', async () => {
    await sheet().getByLabel('Name').fill('back-scale');
    await sheet()
      .getByLabel(/^Ask a person each time/)
      .check();
    await sheet().getByRole('button', { name: 'Install back-scale' }).click();
    await sheet().locator('[data-progress="ok"]').waitFor({ timeout: 20_000 });
    await sheet().getByRole('button', { name: 'Done' }).click();
    await bench.page.getByRole('heading', { level: 1, name: 'back-scale' }).waitFor();
    const data = await bench.agent.api.listConnectors();
    const id = data.find(({ name }) => name === 'back-scale')?.id ?? '';
    expect((await bench.agent.api.getPolicy(id)).default).toBe('confirm');
  });

  it('asks for what its listing needs, with bounds, and keeps what was typed when the agent says no', async () => {
    await bench.open('/');
    await device('RS-485')
      .getByRole('link', { name: /Install|Choose driver/ })
      .click();
    await sheet().getByLabel('Name').fill('relay-board');
    await sheet().getByRole('button', { name: 'Install relay-board' }).click();
    // A required setting is missing: the browser holds the form back and nothing was sent.
    expect(await sheet().isVisible()).toBe(true);
    await sheet().getByLabel('Register map of the model').selectOption('xy-md02');
    await sheet().getByRole('button', { name: 'Install relay-board' }).click();
    await sheet().getByRole('alert').waitFor();
    expect(await sheet().getByLabel('Register map of the model').inputValue()).toBe('xy-md02');
    await sheet().getByLabel('Name').fill('cold-room');
    await sheet().getByRole('button', { name: 'Install cold-room' }).click();
    await sheet().locator('[data-progress="ok"]').waitFor({ timeout: 20_000 });
    const { code, stdout } = await bench.edge('call', 'cold-room', 'sensor.read', '--json');
    expect(code, stdout).toBe(0);
    await bench.page.keyboard.press('Escape');
  });

  it('sets a device up from the catalogue before it is there', async () => {
    await bench.open('/catalogue?q=mettler');
    await bench.page.locator('[data-listing="cn-scale-sics"]').getByRole('link', { name: 'Set up…' }).click();
    await sheet().getByLabel('Device', { exact: true }).selectOption('');
    await sheet().getByLabel('How to know it when it comes').selectOption('serial_number');
    await sheet().getByLabel('By its serial number').fill('DEMO-LATER');
    await sheet().getByLabel('Name').fill('later-scale');
    await sheet().getByText('Line and other settings').click();
    expect(await sheet().innerText()).toContain('50 to 4000000');
    expect(await bench.axe()).toEqual([]);
    await bench.picture('install-ahead');
    await sheet().getByRole('button', { name: 'Install later-scale' }).click();
    await sheet().locator('[data-progress="error"]').waitFor({ timeout: 20_000 });
    await sheet().getByRole('button', { name: 'Undo' }).click();
    await sheet()
      .getByRole('button', { name: /^Install / })
      .waitFor();
    await bench.page.keyboard.press('Escape');
    await bench.page.waitForURL('**/catalogue?q=mettler');
  });

  it('asks for credentials that are never shown again, where a listing has some', async () => {
    await bench.open('/catalogue/cn-magento/install');
    const secret = sheet().locator('input[type="password"]').first();
    await secret.waitFor();
    expect(await secret.getAttribute('autocomplete')).toBe('off');
    expect(await bench.axe()).toEqual([]);
    await bench.picture('install-credentials');
  });

  it('brings the sheet back from its address alone', async () => {
    const data = await bench.agent.api.listDevices();
    const bus = data.find(({ descriptor }) => descriptor.product?.includes('RS-485') === true);
    await bench.open(`/devices/${bus?.id}/install`);
    await sheet().waitFor();
    await bench.page.keyboard.press('Escape');
    await bench.page.waitForURL(`**/devices/${bus?.id}`);
  });

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
