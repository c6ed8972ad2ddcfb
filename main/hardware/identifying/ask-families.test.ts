import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { IdentifyProgress } from '../identify-report.ts';
import { type Bench, openBench, ticket } from '../testing/bench.ts';

let bench: Bench;
afterEach(() => bench.close());

const LONG_MS = 60_000;
const received = (name: string) => bench.device(name).describe()['received_count'];
const writesOf = (name: string) => z.array(z.object({ effect: z.string() })).parse(state(name)['writes']);
const state = (name: string) => z.record(z.string(), z.json()).parse(bench.device(name).describe()['state']);
const ask = async (name: string, more: { readonly dryRun?: boolean; readonly unit?: number } = {}) =>
  bench.side.identifyUnknown({
    deviceId: await bench.deviceId(name, more.unit),
    dryRun: more.dryRun ?? false,
    ...ticket(LONG_MS),
  });
const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => 'resolved',
    (error: unknown) => AgentError.from(error),
  );

describe('a device of which nothing is known', () => {
  it('is found to be a scale, after the printer was asked for; settings and answer stay with it', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    const report = await ask('port');
    const line = { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1 };
    expect(report).toMatchObject({
      listing: 'cn-scale-sics',
      recognised: true,
      identification: { protocolSerial: 'B000000001' },
      error: null,
      config: line,
      device: { recognition: { listing: 'cn-scale-sics' }, found: { listing: 'cn-scale-sics', config: line } },
    });
    expect(report.attempts.map(({ listing, outcome }) => `${listing} ${outcome}`)).toEqual([
      ...Array.from({ length: 4 }, () => 'cn-printer-escpos silent'),
      ...Array.from({ length: 4 }, () => 'cn-modbus silent'),
      'cn-scale-sics answered',
    ]);
    // Every byte of it, in order.
    expect(report.exchanges[0]).toMatchObject({ sent: '10 04 01', listing: 'cn-printer-escpos', line: '9600 8N1' });
    const sent = report.exchanges.reduce(
      (sum, one) => sum + one.sent.split(' ').filter((byte) => byte !== '').length,
      0,
    );
    expect(received('port')).toBe(sent);
    // The questions of others were no commands to it.
    expect(new Set(writesOf('port').map(({ effect }) => effect))).toEqual(new Set(['refused']));
    expect(await bench.side.devices()).toMatchObject([{ found: { listing: 'cn-scale-sics' } }]);
  }, 60_000);

  it.each([
    ['all', { manufacturer: 'EPSON', model: 'TM-T88V' }],
    ['clone', { manufacturer: null, model: null }],
  ])(
    'is found to be a printer (%s) that has printed nothing',
    async (answers, identification) => {
      bench = await openBench([{ name: 'port', listing: 'cn-printer-escpos', options: { answers } }]);
      const report = await ask('port');
      expect(report).toMatchObject({ listing: 'cn-printer-escpos', recognised: true, identification });
      expect(state('port')).toMatchObject({ uncut_text: '', drawer_pulses_total: 0, buffered_bytes: 0 });
    },
    60_000,
  );

  it('is found to be a printer also while it is out of paper', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-printer-escpos' }]);
    bench.device('port').change({ paper: 'out' });
    expect(await ask('port')).toMatchObject({ listing: 'cn-printer-escpos', recognised: true });
  }, 60_000);

  it('is found to be a Modbus unit, which is a device of its own, by the map that fits', async () => {
    const options = { units: [{ address: 1, map: 'xy-md02' }] };
    bench = await openBench([{ name: 'port', listing: 'cn-modbus', options }]);
    const report = await ask('port');
    expect(report).toMatchObject({
      listing: 'cn-modbus',
      recognised: true,
      device: { unit: 1, parent: await bench.deviceId('port'), found: { config: { map: 'xy-md02' } } },
      config: { baud_rate: 9600, parity: 'none', map: 'xy-md02', unit: 1 },
    });
    expect(state('port')['harmful_count']).toBe(0);
  }, 60_000);

  it('on a bus is asked at the addresses that are known, and a unit as nothing else', async () => {
    const options = { units: [{ address: 7, map: 'waveshare-relay-8' }] };
    bench = await openBench([{ name: 'port', listing: 'cn-modbus', options }]);
    const report = await ask('port', { unit: 7 });
    expect(new Set(report.attempts.map(({ listing, unit }) => `${listing} ${unit}`))).toEqual(new Set(['cn-modbus 7']));
    expect(report).toMatchObject({ recognised: true, config: { map: 'waveshare-relay-8', unit: 7 } });
  }, 60_000);

  it('that answers nobody is said to, with what was asked and what was not', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-lock-relay', options: { board: 'devantech-rly08' } }]);
    const report = await ask('port');
    expect(report).toMatchObject({ listing: null, recognised: false, error: { code: 'no_reply' }, config: {} });
    expect(report.left_out.map(({ listing }) => listing)).toContain('cn-lock-relay');
    expect(report.warnings.join()).toContain('drawer');
    expect(state('port')).toMatchObject({ change_count: 0 });
  }, 60_000);

  it('gets not one byte of a dry run, which says them all', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    const report = await ask('port', { dryRun: true });
    expect(received('port')).toBe(0);
    expect(report.exchanges).toEqual([]);
    expect(report.attempts.at(-1)).toMatchObject({
      listing: 'cn-scale-sics',
      outcome: 'planned',
      frames: ['49 34 0D 0A'],
      risks: [expect.stringContaining('would print'), expect.stringContaining('display')],
    });
  });
});

describe('the port', () => {
  it('of a connector is not asked, and its session goes on; who has it is said', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    const id = await bench.bind('port', 'cn-scale-sics');
    await bench.until(id, 'ready');
    const before = received('port');
    expect(await codeOf(ask('port'))).toMatchObject({ code: 'state_conflict', message: expect.stringContaining(id) });
    expect(received('port')).toBe(before);
    const read = { connectorId: id, tool: 'weight.read', arguments: {}, ...ticket() };
    expect(await bench.side.read(read)).toMatchObject({ value: '0.00' });
  });

  it('of another program is not asked; which one is said', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    const { openSerialTransport } = await import('../sessions/serial-transport.ts');
    const settings = { baud_rate: 9600, data_bits: 8, parity: 'none', stop_bits: 1, flow_control: 'none' } as const;
    const other = await openSerialTransport(bench.path('port'), settings);
    expect(await codeOf(ask('port'))).toMatchObject({ code: 'port_busy', details: { pid: expect.any(Number) } });
    await other.close();
    expect(received('port')).toBe(0);
  });

  it('is kept from connectors meanwhile, and theirs afterwards', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    const asking = ask('port');
    await bench.nextEvent((event) => event.type === 'identify_progress');
    const id = await bench.bind('port', 'cn-scale-sics');
    await bench.until(id, 'unavailable', 'state_conflict');
    expect(await codeOf(ask('port'))).toMatchObject({ code: 'state_conflict' });
    expect(await asking).toMatchObject({ recognised: true });
    await bench.until(id, 'ready');
  }, 60_000);

  it('is free again at once when the asking is called off, of which progress was told', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    bench.device('port').setFault('silence');
    const own = ticket(LONG_MS);
    const asking = bench.side.identifyUnknown({ deviceId: await bench.deviceId('port'), dryRun: false, ...own });
    const over = codeOf(asking);
    const second = await bench.nextEvent((event) => event.type === 'identify_progress' && event.progress.done === 1);
    const told: IdentifyProgress | null = second.type === 'identify_progress' ? second.progress : null;
    expect(told).toMatchObject({ listing: 'cn-printer-escpos', line: '19200 8N1', total: expect.any(Number) });
    await bench.side.cancel({ callId: own.callId });
    expect(await over).toMatchObject({ code: 'cancelled' });
    bench.device('port').setFault('none');
    const id = await bench.bind('port', 'cn-scale-sics');
    await bench.until(id, 'ready');
  }, 60_000);

  it('that goes away ends the asking', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    bench.device('port').setFault('silence');
    const over = codeOf(ask('port'));
    await bench.nextEvent((event) => event.type === 'identify_progress' && event.progress.done === 1);
    await bench.device('port').unplug();
    expect(await over).toMatchObject({ code: 'device_unplugged' });
  }, 60_000);

  it('is closed before the device side is', async () => {
    bench = await openBench([{ name: 'port', listing: 'cn-scale-sics' }]);
    bench.device('port').setFault('silence');
    const over = codeOf(ask('port'));
    await bench.nextEvent((event) => event.type === 'identify_progress');
    await bench.side.close();
    expect(await over).toMatchObject({ code: 'closed' });
  }, 60_000);
});
