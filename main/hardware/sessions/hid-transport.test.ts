import { expect, it } from 'vitest';
import {
  decodeHidFrame,
  encodeHidFrame,
  getFeatureReport,
  recallInputReport,
  setFeatureReport,
} from '../../../drivers/kit/hid/index.ts';
import { featureBytesDescriptor, variableScaleDescriptor } from '../../../drivers/kit/hid/testing/descriptors.table.ts';
import { fromHex } from '../../../drivers/kit/index.ts';
import { systemClock } from './clock.ts';
import { createExchangeEngine, type ExchangeTerms } from './exchange.ts';
import type { HidHandle } from './hid-handle.ts';
import { openHidTransport } from './hid-transport.ts';

/** An interface whose device is the test. */
function scriptedHandle() {
  const listeners = new Map<string, (value: never) => void>();
  const state: { fails: Error | null; closed: number; readonly sent: string[] } = { fails: null, closed: 0, sent: [] };
  const note = (what: string): void => {
    if (state.fails !== null) throw state.fails;
    state.sent.push(what);
  };
  const handle: HidHandle = {
    on: (event: string, listener: (value: never) => void) => listeners.set(event, listener),
    async write(report) {
      note(`output ${report.toString('hex')}`);
      return report.length;
    },
    async sendFeatureReport(report) {
      note(`feature ${report.toString('hex')}`);
      return report.length;
    },
    async getFeatureReport(id, length) {
      note(`get ${id} ${length}`);
      return fromHex('00 42 49 54 46 54 00 00 03');
    },
    async close() {
      state.closed += 1;
    },
  };
  const say = (event: 'data' | 'error', value: unknown) => listeners.get(event)?.(value as never);
  return { handle, state, say };
}

async function open(descriptor: Uint8Array | null = variableScaleDescriptor) {
  const { handle, state, say } = scriptedHandle();
  let nowMs = 0;
  const transport = await openHidTransport('/dev/hidraw0', descriptor, {
    open: async () => handle,
    nowMs: () => nowMs,
  });
  const frames: unknown[] = [];
  transport.onData((chunk) => frames.push(decodeHidFrame(chunk)));
  const reasons: string[] = [];
  transport.onClose((reason) => reasons.push(reason.code));
  /** Writes, and waits for the answer that is given on behind it. */
  const write = async (bytes: Uint8Array) => {
    await transport.write(bytes);
    await new Promise((resolve) => setImmediate(resolve));
  };
  return { state, say, transport, write, frames, reasons, at: (ms: number) => (nowMs = ms) };
}

const frame = encodeHidFrame;
const nothing = new Uint8Array();

it('gives each input report on as a frame, its id apart from its data', async () => {
  const { say, frames, at } = await open();
  at(200);
  say('data', fromHex('03 04 02 00 14 00'));
  expect(frames).toEqual([{ kind: 'input', reportId: 3, data: fromHex('04 02 00 14 00') }]);
});

it('takes no id off where the device numbers no reports', async () => {
  const { say, frames, at } = await open(featureBytesDescriptor);
  at(200);
  say('data', fromHex('03 04'));
  expect(frames).toEqual([{ kind: 'input', reportId: 0, data: fromHex('03 04') }]);
});

it('drops what may have lain ready since before it was opened', async () => {
  const { say, write, frames, at } = await open();
  at(99);
  say('data', fromHex('03 04 02 00 14 00'));
  await write(recallInputReport(3, 'x').bytes);
  expect(frames).toEqual([{ kind: 'recalled', reportId: 3, data: nothing }]);
});

it('recalls the last report of each id with its age', async () => {
  const { say, write, frames, at } = await open();
  at(1_000);
  say('data', fromHex('03 04 02'));
  at(2_000);
  say('data', fromHex('04 05'));
  frames.length = 0;
  at(2_500);
  await write(recallInputReport(3, 'x').bytes);
  expect(frames).toEqual([{ kind: 'recalled', reportId: 3, data: fromHex('DC 05 00 00 04 02') }]);
});

it('sends output and feature reports with their id, and says that they were taken', async () => {
  const { state, write, frames } = await open();
  await write(frame({ kind: 'output', reportId: 2, data: fromHex('02') }));
  await write(frame({ kind: 'set_feature', reportId: 0, data: fromHex('FF 01') }));
  expect(state.sent).toEqual(['output 0202', 'feature 00ff01']);
  expect(frames).toMatchObject([
    { kind: 'taken', reportId: 2 },
    { kind: 'taken', reportId: 0 },
  ]);
});

it('reads a feature report and takes its id off', async () => {
  const { state, write, frames } = await open();
  await write(frame({ kind: 'get_feature', reportId: 0, data: fromHex('08 00') }));
  expect(state.sent).toEqual(['get 0 9']);
  expect(frames).toEqual([{ kind: 'feature', reportId: 0, data: fromHex('42 49 54 46 54 00 00 03') }]);
});

it('gives a stall on as a refusal and stays open', async () => {
  const { state, write, frames, reasons } = await open();
  state.fails = new Error('could not send feature report to device: ioctl (SFEATURE): Broken pipe');
  await write(frame({ kind: 'set_feature', reportId: 0, data: fromHex('FF 01') }));
  expect(frames).toMatchObject([{ kind: 'refused', reportId: 0 }]);
  expect(reasons).toEqual([]);
});

it('is of use after a refusal: the next question goes over the same line', async () => {
  const { state, transport } = await open(featureBytesDescriptor);
  const engine = createExchangeEngine(transport, { settings: null, quietBeforeSendMs: 0, clock: systemClock });
  const terms: ExchangeTerms = {
    deviceName: 'the board',
    signal: null,
    resynchronisation: { type: 'none' },
    beforeWrite: () => {},
    afterReply: () => {},
  };
  state.fails = new Error('could not send feature report to device: ioctl (SFEATURE): Broken pipe');
  const set = setFeatureReport({ id: 0, data: fromHex('FF 01') }, 'relay 1 on');
  await expect(engine.exchange(set, terms)).rejects.toMatchObject({ code: 'device_refused' });
  state.fails = null;
  expect(await engine.exchange(getFeatureReport(0, 8, 'read the relays'), terms)).toHaveLength(8);
});

it.each([
  ['ioctl (GFEATURE): Connection timed out', 'no_reply'],
  ['ioctl (GFEATURE): No such device', 'device_unplugged'],
  ['ioctl (GFEATURE): Input/output error', 'device_unplugged'],
])('ends at "%s" with %s', async (text, code) => {
  const { state, transport, reasons } = await open();
  state.fails = new Error(text);
  const asking = transport.write(frame({ kind: 'get_feature', reportId: 0, data: fromHex('08 00') }));
  await expect(asking).rejects.toMatchObject({ code });
  expect(reasons).toEqual([code]);
  expect(state.closed).toBe(1);
});

it('notices an unplug when nothing is asked, and takes nothing after it', async () => {
  const { say, transport, frames, reasons, at } = await open();
  at(200);
  say('error', 'could not read from HID device: unexpected poll error (device disconnected)');
  say('data', fromHex('03 04'));
  expect(reasons).toEqual(['device_unplugged']);
  expect(frames).toEqual([]);
  await expect(transport.write(recallInputReport(3, 'x').bytes)).rejects.toMatchObject({ code: 'device_unplugged' });
});

it('closes once, and says closed', async () => {
  const { state, transport, reasons } = await open();
  await Promise.all([transport.close(), transport.close()]);
  expect([state.closed, reasons]).toEqual([1, ['closed']]);
});

it.each([
  ["Failed to open a device with path '/dev/hidraw0': Permission denied", 'permission_denied'],
  ["Failed to open a device with path '/dev/hidraw0': No such file or directory", 'device_unplugged'],
  ['libusb-1.0.so.0: cannot open shared object file: No such file or directory', 'not_supported'],
  [
    'hid_open_path: failed to open IOHIDDevice from mach entry: (0xE00002C5) (iokit/common) exclusive access',
    'port_busy',
  ],
])('says what a failed open means: %s', async (text, code) => {
  const parts = { open: () => Promise.reject(new Error(text)), nowMs: () => 0 };
  await expect(openHidTransport('/dev/hidraw0', null, parts)).rejects.toMatchObject({ code });
});

it('is given to its user only when reading has begun, so that it can be closed at any time', async () => {
  const { handle } = scriptedHandle();
  let begun = false;
  const starting: HidHandle = {
    ...handle,
    on(event: string) {
      if (event === 'data') process.nextTick(() => (begun = true));
    },
  };
  await openHidTransport('/dev/hidraw0', null, { open: async () => starting, nowMs: () => 0 });
  expect(begun).toBe(true);
});
