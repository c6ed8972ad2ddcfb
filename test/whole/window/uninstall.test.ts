import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edge } from '../support/agent-process.ts';
import { type HubProcess, startHubProcess } from '../support/hub-process.ts';
import { hasChromium, inChromium, openWindowBench, type WindowBench } from '../support/window.ts';
import { eventually } from '../support/wires.ts';

describe.skipIf(!hasChromium)(inChromium('uninstalling at a machine whose hub is away'), () => {
  const scratch = mkdtempSync(join(tmpdir(), 'edge-uninstall-window-'));
  let bench: WindowBench;
  let hub: HubProcess;
  let hubIsGone = false;
  let id = '';
  beforeAll(async () => {
    hub = await startHubProcess({ dataDir: join(scratch, 'hub') });
    await hub.api.createTenant('acme');
    bench = await openWindowBench();
    await bench.signIn();
    const { token = '' } = await hub
      .admin('acme')
      .createEnrolment({ name_pattern: '*', uses: 1, expires_in_ms: 3_600_000 });
    const paired = await edge(bench.agent.dataDir, 'pair', hub.url, '--enrolment-token', token);
    expect(paired.code, paired.stderr).toBe(0);
    id = (await bench.agent.api.listConnectors()).find(({ name }) => name === 'front-scale')?.id ?? '';
    hubIsGone = true;
    await hub.stop();
    await eventually(
      'the machine has noticed',
      60_000,
      async () => (await bench.agent.api.getCloud()).link.state !== 'up',
    );
  }, 240_000);
  afterAll(async () => {
    await bench?.close();
    if (!hubIsGone) await hub?.stop();
    rmSync(scratch, { recursive: true, force: true });
  });
  const button = (name: string) => bench.page.getByRole('button', { name, exact: true });

  it('asks for its name before it does it without asking there, and the journal says who did', async () => {
    await bench.open(`/connectors/${id}/settings`);
    await button('Uninstall…').click();
    await button('Uninstall front-scale').click();
    const dialog = bench.page.getByRole('dialog');
    await dialog.getByRole('alert').waitFor();
    await dialog.getByText('The hub can’t be asked now', { exact: false }).waitFor();
    expect(await button('Uninstall without asking').isDisabled()).toBe(true);
    expect(await bench.axe()).toEqual([]);
    await dialog.getByLabel('Type its name', { exact: false }).fill('front-scal');
    expect(await button('Uninstall without asking').isDisabled()).toBe(true);
    expect((await bench.agent.api.listConnectors()).some((connector) => connector.id === id)).toBe(true);
    await dialog.getByLabel('Type its name', { exact: false }).fill('front-scale');
    await button('Uninstall without asking').click();
    await bench.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect((await bench.agent.api.listConnectors()).some((connector) => connector.id === id)).toBe(false);
    const [row] = (await bench.agent.api.listJournal({ limit: 1 })).data;
    expect(row).toMatchObject({ tool: 'connector.uninstall', state: 'applied', arguments: { forced: true } });
    await bench.open('/activity');
    await bench.page.getByText('Uninstall front-scale without asking its hub').first().waitFor();
    expect(bench.faults).toEqual([]);
  });
});
