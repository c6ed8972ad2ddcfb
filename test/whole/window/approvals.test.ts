import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { edgeWithInput } from '../support/agent-process.ts';
import { hasChromium, inChromium, openWindowBench, type WindowBench } from '../support/window.ts';

describe.skipIf(!hasChromium)(inChromium('approvals in the window'), () => {
  let bench: WindowBench;
  beforeAll(async () => {
    bench = await openWindowBench();
    await bench.signIn();
    await bench.open('/approvals');
  });
  afterAll(() => bench?.close());

  const waiting = () => bench.page.locator('li[data-approval]');
  const writes = async () => ((await bench.host.state('bus')) as { harmful_count: number }).harmful_count;
  const ask = (key: string) =>
    bench.edge('call', 'relay-board', 'relay.set', 'relay=3', 'on=true', '--key', key, '--entity', 'order-7', '--json');

  it('shows what waits for a person, exactly, with its countdown, and does it once when it is allowed', async () => {
    expect((await bench.edge('connectors', 'set', 'relay-board', 'policy.relay.set=confirm')).code).toBe(0);
    const before = await writes();
    const called = ask('window-1');
    await waiting().getByRole('heading', { name: 'Switch relay 3 on · relay-board' }).waitFor();
    const text = await waiting().innerText();
    for (const part of [
      'local administrator',
      'unit 1',
      'order-7',
      'relay.set',
      '"relay": 3',
      '"on": true',
      'SIM · simulated',
      'left',
    ]) {
      expect(text).toContain(part);
    }
    expect(text).toMatch(/\b[12]:\d\d left/);
    await bench.page.locator('[data-spoken="assertive"]').getByText('Approval needed: Switch relay 3 on').waitFor();
    expect(await bench.page.locator('[data-verdict]').innerText()).toContain('1 waits for you');
    expect(await bench.axe()).toEqual([]);
    await bench.picture('approval');
    expect(await writes()).toBe(before);
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    await bench.page
      .locator('li[data-ended]')
      .getByText('Allowed by window. Done, read back from the device.')
      .waitFor();
    expect(await waiting().count()).toBe(0);
    expect(JSON.parse((await called).stdout)).toMatchObject({ result: { outcome: 'applied' } });
    expect(await writes()).toBe(before + 1);
    expect(await bench.page.evaluate('document.activeElement.id')).toBe('approvals');
  });

  it('shows a receipt as it would be printed, beside the arguments', async () => {
    expect((await bench.edge('connectors', 'set', 'receipt-printer', 'policy.receipt.print=confirm')).code).toBe(0);
    const args = JSON.stringify({ content: [{ type: 'text', text: 'Flat white', bold: true }] });
    const printing = bench.edge('call', 'receipt-printer', 'receipt.print', '--args', args);
    const picture = waiting().getByRole('img', { name: /What would be printed/ });
    await picture.waitFor();
    expect(await bench.page.evaluate("document.querySelector('img.preview').naturalWidth")).toBeGreaterThan(300);
    expect(await bench.axe()).toEqual([]);
    await bench.picture('approval-receipt');
    await waiting().getByRole('button', { name: 'Don’t allow' }).click();
    expect((await printing).code).toBe(3);
  });

  it('lets no scanner press a button, and a person at the keyboard deny', async () => {
    const called = ask('window-2');
    await waiting().getByRole('button', { name: 'Allow once' }).focus();
    await bench.page.keyboard.type('4006381333931\n', { delay: 0 });
    await bench.page.keyboard.press('Shift+Tab', { delay: 60 });
    expect(await bench.page.evaluate('document.activeElement.textContent')).toBe('Don’t allow');
    expect(await waiting().count()).toBe(1);
    await bench.page.waitForTimeout(1_100);
    await bench.page.keyboard.press('Enter');
    const ended = bench.page.locator('li[data-ended]', { hasText: 'Switch relay 3 on' });
    await ended.getByText('Not allowed by window. Nothing was sent.').waitFor();
    expect((await called).code).toBe(3);
  });

  it('asks for the PIN where one is set, says that a wrong one is wrong, and forgets it', async () => {
    expect((await edgeWithInput('4711\n', bench.dataDir, 'approvals', 'pin', 'set', '--pin-stdin')).code).toBe(0);
    const before = await writes();
    const called = ask('window-3');
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    const pin = waiting().getByLabel('PIN');
    await pin.fill('1234');
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    await waiting().getByRole('alert').getByText('This is not the PIN').waitFor();
    expect(await pin.inputValue()).toBe('');
    expect(await pin.getAttribute('type')).toBe('password');
    expect(await bench.axe()).toEqual([]);
    expect(await writes()).toBe(before);
    await pin.fill('4711');
    await pin.press('Enter');
    expect(await waiting().count()).toBe(1);
    await waiting().getByRole('button', { name: 'Allow once' }).click();
    await waiting().waitFor({ state: 'detached' });
    expect((await called).code).toBe(0);
    expect(await writes()).toBe(before + 1);
    expect((await edgeWithInput('4711\n', bench.dataDir, 'approvals', 'pin', 'remove', '--pin-stdin')).code).toBe(0);
    expect((await bench.edge('connectors', 'set', 'relay-board', 'policy.relay.set=allow')).code).toBe(0);
  });

  it('broke its own policy nowhere', () => {
    expect(bench.faults).toEqual([]);
  });
});
