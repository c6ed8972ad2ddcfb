import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { hasChromium, inChromium, openWindowBench, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium("a connector's page"), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
  });
  afterAll(() => bench?.close());
  const go = async (name: string) => {
    await bench.open('/');
    await bench.page.getByRole('link', { name, exact: true }).click();
    await bench.page.getByRole('heading', { level: 1, name }).waitFor();
  };

  it('shows the state of a printer in words', async () => {
    await go('receipt-printer');
    const printer = bench.page.locator('[data-tool="printer.read"]');
    await printer.getByText('Paper', { exact: true }).waitFor();
    await printer.getByText('closed', { exact: true }).first().waitFor();
    await printer.getByText('yes', { exact: true }).first().waitFor();
    expect(await printer.getByText('on', { exact: true }).count()).toBe(0);
  });

  it('runs a test and shows how each tool did', async () => {
    await go('relay-board');
    await bench.page.getByRole('button', { name: 'Run the test' }).click();
    await bench.page.locator('[data-test="passed"]').waitFor();
    expect(await bench.page.locator('.results li').count()).toBe(2);
    expect(await bench.axe()).toEqual([]);
  });

  it('says who depends on a connector instead of uninstalling it', async () => {
    await bench.edge('operators', 'create', '--name', 'climate-watch', '--capabilities', 'sensor.read');
    await go('climate');
    await bench.page.getByRole('button', { name: 'Uninstall…' }).click();
    await bench.page.getByRole('button', { name: 'Uninstall climate' }).click();
    await bench.page.getByRole('dialog').getByRole('alert').getByText('sensor.read is fulfilled only by').waitFor();
    await bench.page.getByRole('button', { name: 'Keep it' }).click();
    await bench.edge('operators', 'pause', 'climate-watch');
  });

  it('asks before it uninstalls, keeps it on "Keep it", and then lets it go', async () => {
    await go('climate');
    await bench.page.getByRole('button', { name: 'Uninstall…' }).click();
    await bench.page.getByRole('button', { name: 'Keep it' }).click();
    await bench.page.getByRole('button', { name: 'Uninstall…' }).click();
    await bench.page.getByRole('button', { name: 'Uninstall climate' }).click();
    await bench.page.getByRole('heading', { level: 1, name: 'Home' }).waitFor();
    expect(await bench.page.getByRole('link', { name: 'climate', exact: true }).count()).toBe(0);
    expect((await bench.edge('connectors', 'show', 'climate')).code).not.toBe(0);
  });

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
