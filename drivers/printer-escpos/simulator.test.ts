import { describe, expect, it } from 'vitest';
import { fromHex, type JsonObject, toHex } from '../kit/index.ts';
import { printerEscposSimulator } from './simulator.ts';

function printer(options: JsonObject = {}) {
  const device = printerEscposSimulator.create(options);
  const said: string[] = [];
  return {
    device,
    said,
    send: (hex: string) =>
      device.receive(fromHex(hex), (bytes, delayMs = 0) => said.push(`${toHex(bytes)}@${delayMs}`)),
  };
}

const line = '48 49 0A';
const cut = '1D 56 00';

describe('the simulated printer', () => {
  it('answers real-time status while it can not print, and keeps the rest for later', () => {
    const { device, send, said } = printer();
    device.change?.({ cover: 'open' });
    send(`${line} ${cut} 1D 72 01`);
    send('10 04 02');
    expect(said).toEqual(['16@0']);
    expect(device.state()).toMatchObject({ receipts_total: 0, uncut_text: '' });
    device.change?.({ cover: 'closed' });
    expect(said).toEqual(['16@0', '00@0']);
    expect(device.state()).toMatchObject({ receipts_total: 1 });
  });

  it('tells when all before a process id is printed, also when the paper was out meanwhile', () => {
    const { device, send, said } = printer();
    device.change?.({ paper: 'out' });
    send(`${line} ${cut} 1D 28 48 06 00 30 30 30 30 34 32`);
    expect(said).toEqual([]);
    device.change?.({ paper: 'ok' });
    expect(said).toEqual(['37 22 30 30 34 32 00@0']);
  });

  it('runs out of paper in the middle', () => {
    const { device, send } = printer();
    device.change?.({ lines_left: 2 });
    send(`${line} ${line} ${line} ${cut}`);
    expect(device.state()).toMatchObject({ paper: 'out', receipts_total: 0, uncut_text: 'HI\nHI' });
  });

  it('obeys real-time commands hidden in a picture, as many printers do', () => {
    const { device, send } = printer();
    // GS v 0, 8 by 8 dots, whose data is DLE DC4 1 0 2.
    send(`1D 76 30 00 01 00 08 00 10 14 01 00 02 00 00 00 ${cut}`);
    expect(device.state()).toMatchObject({
      drawer_pulses_total: 1,
      drawer_pulses: [{ by: 'DLE DC4', on_ms: 200 }],
      receipts: [{ text: '[picture 8x8]' }],
    });
  });

  it('does not care how the bytes are split', () => {
    const bytes = `1B 40 1B 74 10 80 20 ${line} 1D 28 6B 03 00 31 43 04 1D 28 6B 05 00 31 50 30 41 42 1D 28 6B 03 00 31 51 30 1D 76 30 00 01 00 08 00 FF 00 FF 00 FF 00 FF 00 ${cut}`;
    const whole = printer();
    whole.send(bytes);
    const split = printer();
    for (const byte of bytes.split(' ')) split.send(byte);
    expect(split.device.state()).toEqual(whole.device.state());
    expect(whole.device.state()).toMatchObject({ receipts: [{ text: '€ HI\n[qr AB]\n[picture 8x8]' }] });
  });

  it('counts receipts by content, so that two alike are seen to be two', () => {
    const { device, send } = printer();
    send(`${line} ${cut} ${line} ${cut} 58 0A ${cut}`);
    const receipts = device.state()['receipts'];
    const digests = Array.isArray(receipts) ? receipts.map((one: JsonObject) => one['digest']) : [];
    expect(digests[0]).toBe(digests[1]);
    expect(digests[2]).not.toBe(digests[0]);
    expect(new Set(digests).size).toBe(2);
  });

  it('answers what waits behind printing only when that is done', () => {
    const { send, said } = printer({ line_ms: 20 });
    send(`${line} ${line} 1D 72 01`);
    expect(said).toEqual(['00@40']);
  });

  it('loses what does not fit into its buffer', () => {
    const { device, send } = printer({ buffer_bytes: 256 });
    device.change?.({ online: false });
    for (let count = 0; count < 100; count += 1) send(line);
    expect(device.state()).toMatchObject({ buffered_bytes: 256, lost_bytes: 44 });
  });

  it('forgets what it had not printed when it is switched off', () => {
    const { device, send } = printer();
    device.change?.({ cover: 'open' });
    send(`${line} ${cut}`);
    device.change?.({ power_cycle: true, cover: 'closed' });
    expect(device.state()).toMatchObject({ receipts_total: 0, buffered_bytes: 0 });
  });

  it('shows a receipt as a picture, and says when there is none', () => {
    const { device, send } = printer({ head_width_dots: 384 });
    expect(() => device.view?.({ receipt: 1 })).toThrow(/no receipt 1/);
    send(`${line} ${cut}`);
    expect(device.view?.({})).toMatchObject({ media_type: 'image/png', width_dots: 384, height_dots: 30, text: 'HI' });
  });

  it('refuses a change that it does not know', () => {
    expect(() => printer().device.change?.({ lid: 'open' })).toThrow();
  });
});
