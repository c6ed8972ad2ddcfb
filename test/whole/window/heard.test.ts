import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, inChromium, openWindowBench, type WindowBench } from '../support/window.ts';
import { eventually } from '../support/wires.ts';

const scanner = (name: string) => ({
  name,
  listing: 'cn-scanner-serial',
  simulator: {},
  declared: { product: `Scanner ${name}` },
  units: [],
  rules: [],
});

describe.skipIf(!hasChromium)(inChromium('what a scanner sent, in the window'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench({
      devices: [scanner('left'), scanner('right')],
      config: (pathOf) => `
discover: false
vault: { provider: keyfile }
paths:
  - { path: "${pathOf('left')}", simulated: true, declared: { product: Scanner left } }
  - { path: "${pathOf('right')}", simulated: true, declared: { product: Scanner right } }
install_rules:
  - { match: { path: "${pathOf('left')}" }, listing: cn-scanner-serial, name: till }
`,
    });
    await bench.signIn();
  });
  afterAll(() => bench?.close());

  it('is listed as it comes, and what another device sent before says so', { timeout: 120_000 }, async () => {
    const { api } = bench.agent;
    const [connector] = await api.listConnectors();
    if (connector === undefined) throw new Error('no connector');
    const { id } = connector;
    const listening = () =>
      eventually('it listens', 30_000, async () => (await api.getConnector(id)).health.state === 'listening');
    await listening();
    await bench.open(`/connectors/${id}`);
    const heard = bench.page.locator('section', { hasText: 'What it sent lately' });
    await heard.getByText('Nothing was heard yet').waitFor();
    await bench.host.change('left', { scan: 'LEFT-1' });
    await heard.getByText('LEFT-1').waitFor();
    expect(await heard.getByText(/^from /).count()).toBe(0);

    const right = (await api.listDevices()).find(({ descriptor }) => descriptor.product === 'Scanner right');
    await api.updateConnector(id, { config: { device: right?.id ?? '' } });
    await listening();
    await bench.host.change('right', { scan: 'RIGHT-1' });
    await heard.getByText('RIGHT-1').waitFor();
    await heard
      .locator('li', { hasText: 'LEFT-1' })
      .getByText(/^from Scanner left/)
      .waitFor();
    expect(
      await heard
        .locator('li', { hasText: 'RIGHT-1' })
        .getByText(/^from /)
        .count(),
    ).toBe(0);
    expect(await bench.axe()).toEqual([]);
    await bench.picture('connector-heard');
    expect(bench.faults).toEqual([]);
  });
});
