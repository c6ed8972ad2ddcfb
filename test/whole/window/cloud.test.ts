import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edge } from '../support/agent-process.ts';
import { makeAuthority } from '../support/certificates.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { readQrCodes } from '../support/read-qr.ts';
import { hasChromium, inChromium, languages, openWindowBench, themes, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('the cloud, in the window'), () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-cloud-window-'));
  let bench: WindowBench;
  let hub: HubProcess;
  let hubIsGone = false;
  beforeAll(async () => {
    hub = await startHubProcess({ dataDir: join(scratch, 'hub') });
    await hub.api.createTenant('acme');
    bench = await openWindowBench();
    await bench.signIn();
  }, 240_000);
  afterAll(async () => {
    await bench?.close();
    if (!hubIsGone) await hub?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  const button = (name: string) => bench.page.getByRole('button', { name, exact: true });
  const open = async () => {
    await bench.open('/cloud');
    await bench.page.getByRole('heading', { level: 1, name: 'Cloud' }).waitFor();
  };

  it('says that there is none, and what works without', async () => {
    await open();
    await bench.page.getByRole('heading', { name: 'No cloud is set up' }).waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('cloud-none');
  });

  it('says what is wrong with an address where no hub answers', async () => {
    await bench.page.getByLabel('Address of the hub').fill('http://127.0.0.1:9');
    await button('Pair').click();
    await bench.page.getByRole('alert').getByText("http://127.0.0.1:9 can't be reached", { exact: false }).waitFor();
    expect((await bench.agent.api.getCloud()).state).toBe('none');
  });

  it('sets a proxy and an authority, shows no password, and says at which step the way ends', async () => {
    await open();
    await bench.page.getByText('Change the proxy').click();
    await bench.page.getByLabel('Proxy', { exact: true }).fill('http://127.0.0.1:9');
    await bench.page.getByLabel('User at the proxy', { exact: false }).fill('edge');
    await bench.page.getByLabel('Password', { exact: true }).fill('correct-horse');
    await button('Use it').click();
    await bench.page.getByText('edge · the password is kept').waitFor();
    const { proxy } = await bench.agent.api.getCloudNetwork();
    expect(proxy).toMatchObject({ url: 'http://127.0.0.1:9', from: 'settings', username: 'edge', has_password: true });
    expect(await bench.page.content()).not.toContain('correct-horse');
    const pem = (await makeAuthority('Company')).root;
    const file = { name: 'root.pem', mimeType: 'application/x-pem-file', buffer: Buffer.from(pem) };
    await bench.page.getByLabel('Add a certificate file').setInputFiles(file);
    await bench.page.getByText('CN=Company').waitFor();
    await bench.page.getByLabel('Address to try').fill('https://hub.test');
    await button('Try the way').click();
    await bench.page
      .locator('[data-way="failed"]')
      .getByText("The proxy http://127.0.0.1:9 can't be reached", { exact: false })
      .waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('cloud-network');
    await button('Forget proxy and password').click();
    await bench.page.getByText('The cloud is reached without a proxy.').waitFor();
    await button('Forget it').click();
    await bench.page.getByText('CN=Company').waitFor({ state: 'detached' });
    expect(await bench.agent.api.getCloudNetwork()).toMatchObject({ proxy: null, authorities: [] });
  });

  it('shows a code to be read across a room, and gives it up when asked to', async () => {
    await bench.page.getByLabel('Address of the hub').fill(hub.url);
    await bench.page.getByLabel('What the hub calls this machine', { exact: false }).fill('packing-1');
    await button('Pair').click();
    await bench.page.locator('.pairing-code').waitFor();
    const { pairing, key_words: words } = await bench.agent.api.getCloud();
    expect(await bench.page.locator('.pairing-code').innerText()).toContain(pairing?.user_code ?? 'none');
    expect(await bench.page.locator('.pairing-words').innerText()).toBe(words);
    expect(await bench.page.evaluate('document.activeElement.textContent')).toBe('Type this code at the hub');
    const size = await bench.page.evaluate(
      "parseFloat(getComputedStyle(document.querySelector('.pairing-code')).fontSize)",
    );
    expect(size).toBeGreaterThanOrEqual(64);
    expect(await bench.axe()).toEqual([]);
    await bench.picture('cloud-code');
  });

  it('shows the address with the code as a QR code that a phone reads, in each theme, without the key words', async () => {
    const { pairing, key_words: words } = await bench.agent.api.getCloud();
    const address = `${hub.url}/pair?code=${pairing?.user_code}`;
    expect(pairing?.verification_uri_complete).toBe(address);
    for (const word of words?.split(' ') ?? []) expect(address).not.toContain(word);
    for (const [index, theme] of themes.entries()) {
      await bench.look({ theme, language: languages[index] ?? 'en' });
      await bench.open('/cloud');
      await bench.page.locator('.qr-code').waitFor();
      expect(await readQrCodes(await bench.page.locator('.qr-code').screenshot())).toEqual([address]);
      expect(await bench.axe()).toEqual([]);
      await bench.picture(`cloud-code-${theme}`);
    }
    await bench.look({ theme: 'light', language: 'en' });
    await bench.page.setViewportSize({ width: 360, height: 740 });
    await bench.open('/cloud');
    await bench.page.getByRole('img', { name: `QR code of ${address}` }).waitFor();
    expect(await bench.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await bench.page.getByText(address, { exact: true }).waitFor();
    await bench.picture('cloud-code-phone');
    await bench.page.setViewportSize({ width: 1280, height: 800 });
    await button('Give it up').click();
    await button('Pair').waitFor();
    expect((await bench.agent.api.getCloud()).state).toBe('none');
  });

  it('goes on by itself when the code is approved, and shows link, tenant and outbox', async () => {
    await bench.page.getByLabel('Address of the hub').fill(hub.url);
    await button('Pair').click();
    await bench.page.locator('.pairing-code').waitFor();
    const { pairing, key_words: words } = await bench.agent.api.getCloud();
    const approve = ['hub', 'pairings', 'approve', '--tenant', 'acme', '--test', pairing?.user_code ?? ''];
    const approved = await edge(hub.dataDir, ...approve, '--key-words', words ?? '');
    expect(approved.code, approved.stderr).toBe(0);
    await bench.page.locator('[data-link="up"]').getByText('acme (test)').waitFor();
    await bench.page.locator('[data-outbox]').getByText('Events for the cloud').waitFor();
    expect(await bench.axe()).toEqual([]);
    await bench.picture('cloud-paired');
  });

  it('changes what the hub may', async () => {
    await bench.page.getByLabel('Install and uninstall connectors').check();
    await button('Save').click();
    await bench.page.locator('button:disabled', { hasText: 'Save' }).waitFor();
    expect((await bench.agent.api.getCloud()).grants).toEqual({ read: true, act: true, install: true, care: false });
  });

  it('says that the hub is gone, and that it is tried again', async () => {
    await hub.stop();
    hubIsGone = true;
    await bench.page.getByText('Not connected: it is tried again').waitFor();
    expect(await bench.axe()).toEqual([]);
  });

  it('is legible in each theme and language, and on a phone', async () => {
    for (const [index, theme] of themes.entries()) {
      await bench.look({ theme, language: languages[index] ?? 'en' });
      await bench.open('/cloud');
      await bench.page.locator('[data-outbox]').waitFor();
      expect(await bench.axe()).toEqual([]);
      await bench.picture(`cloud-${theme}`);
    }
    await bench.page.setViewportSize({ width: 360, height: 740 });
    expect(await bench.page.evaluate('document.documentElement.scrollWidth')).toBe(360);
    await bench.page.setViewportSize({ width: 1280, height: 800 });
    await bench.look({ theme: 'light', language: 'en' });
  });

  it('ends the pairing after a question; local work goes on', async () => {
    await open();
    await button('End the pairing…').click();
    expect(await bench.page.evaluate('document.activeElement.textContent')).toBe('Keep it');
    expect(await bench.axe()).toEqual([]);
    await button('End the pairing').click();
    await bench.page.getByRole('heading', { name: 'No cloud is set up' }).waitFor();
    expect((await bench.agent.api.getCloud()).state).toBe('none');
    expect(bench.faults).toEqual([]);
  });
});
