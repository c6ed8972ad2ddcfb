import { createServer } from 'node:net';
import { afterEach, describe, expect, it } from 'vitest';
import { formatTcpAddress, type JsonObject } from '../../drivers/kit/index.ts';
import { pngOf } from '../../drivers/printer-escpos/testing/pictures.ts';
import { type Bench, openBench, ticket } from './testing/bench.ts';

let bench: Bench | null = null;
afterEach(async () => {
  await bench?.close();
  bench = null;
});

const hello = { content: [{ type: 'text', text: 'Hello' }] };
const listing = 'cn-printer-escpos';

async function freeAddress(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return formatTcpAddress({ host: '127.0.0.1', port: address.port });
}

/** A printer at the end of a PTY or of a network connection, bound. */
async function open(link: 'serial' | 'tcp', options = {}, config = {}, baudPacing: number | null = null) {
  const at = link === 'tcp' ? { path: await freeAddress() } : {};
  bench = await openBench([{ name: 'printer', listing, options, baudPacing, ...at }]);
  const connectorId = await bench.bind('printer', listing, config);
  await bench.until(connectorId, 'ready');
  const { side, permits } = bench;
  const device = bench.device('printer');
  return {
    bench,
    side,
    device,
    connectorId,
    /** A whole side effect as the connectors do it; `between` happens right before it is sent. */
    async act(args: JsonObject = hello, between: () => Promise<void> | void = () => {}) {
      const tool = 'receipt.print';
      const { plan } = await side.prepare({ connectorId, tool, arguments: args });
      if (plan === null) throw new Error('no plan');
      const { turnId } = await side.openTurn({ connectorId, ...ticket() });
      try {
        const witness = await side.check({ turnId, tool, plan });
        await between();
        return await side.act({ turnId, tool, plan, witness, permit: permits.mint('jr_1', plan) });
      } finally {
        await side.closeTurn({ turnId });
      }
    },
  };
}

describe.each(['serial', 'tcp'] as const)('a printer over %s', (link) => {
  it('prints once, and says that it did', async () => {
    const { act, device, side } = await open(link);
    expect(await act()).toMatchObject({ outcome: 'applied', evidence: 'device_ack', sent: true });
    expect(device.state()).toMatchObject({ receipts_total: 1 });
    const [seen] = await side.devices();
    expect(seen).toMatchObject({ bus: link, present: true, identity: { protocol_serial: 'SIM0000001' } });
  });

  it('takes a receipt with a picture, larger than any buffer on the way', async () => {
    const { act, device } = await open(link);
    const png = pngOf(512, 1_600, (x, y) => ((x ^ y) * 7) & 255);
    const content = [{ type: 'image', png }];
    expect(await act({ content })).toMatchObject({ outcome: 'applied', evidence: 'device_ack' });
    expect(device.state()).toMatchObject({ receipts_total: 1, lost_bytes: 0 });
  });

  it('is unknown, never "failed", when the connection is lost before it answered; and is found again', async () => {
    const { act, bench: own, device, connectorId } = await open(link);
    const lost = act(hello, () => {
      device.change({ cover: 'open' });
      void device.unplug();
    });
    expect(await lost).toMatchObject({ outcome: 'unknown', sent: true });
    await own.until(connectorId, 'unavailable', 'device_unplugged');
    device.change({ cover: 'closed' });
    await device.plug();
    await own.until(connectorId, 'ready');
    // What it held it printed when it could: once.
    expect(Number(device.state()['receipts_total'])).toBeLessThanOrEqual(1);
  });

  it('shows a receipt without sending anything', async () => {
    const { side, connectorId, device } = await open(link);
    const before = device.describe()['received_count'];
    const picture = await side.preview({ connectorId, tool: 'receipt.print', arguments: hello });
    expect(picture).toMatchObject({ media_type: 'image/png', width_dots: 512, height_dots: 150, notes: [] });
    expect(Buffer.from(picture.data, 'base64').subarray(1, 4).toString()).toBe('PNG');
    expect(device.describe()['received_count']).toBe(before);
    await expect(side.preview({ connectorId, tool: 'drawer.open', arguments: {} })).rejects.toMatchObject({
      code: 'not_supported',
    });
    await expect(
      side.preview({ connectorId, tool: 'receipt.print', arguments: { content: [] } }),
    ).rejects.toMatchObject({ code: 'invalid_arguments' });
  });
});

describe('a printer behind a slow line', () => {
  it('is given the time that the line needs: 13 kB at 9600 baud', async () => {
    const { act, device } = await open('tcp', {}, {}, 9_600);
    const png = pngOf(416, 240, (x, y) => ((x ^ y) * 7) & 255);
    const content = [{ type: 'image', png }];
    const startedMs = performance.now();
    expect(await act({ content })).toMatchObject({ outcome: 'applied', evidence: 'device_ack' });
    expect(performance.now() - startedMs).toBeGreaterThan(12_000);
    expect(device.state()).toMatchObject({ receipts_total: 1 });
  });
});

describe('a device on the network', () => {
  it('is connected to by a connector alone, and by one at a time', async () => {
    const path = await freeAddress();
    const accepted: unknown[] = [];
    const { port } = new URL(path.replace('tcp:', 'http:'));
    const server = createServer((socket) => accepted.push(socket.on('error', () => {})));
    await new Promise<void>((resolve) => server.listen(Number(port), '127.0.0.1', resolve));
    bench = await openBench([{ name: 'printer', listing, path, hosted: false }]);
    expect(await bench.side.devices()).toMatchObject([{ path, present: true, problem: null }]);
    expect(accepted).toHaveLength(0);
    const connectorId = await bench.bind('printer', listing);
    await bench.side.identify({
      deviceId: await bench.deviceId('printer'),
      listing,
      config: { reply_timeout_ms: 100 },
      dryRun: false,
      ...ticket(),
    });
    expect(accepted).toHaveLength(1);
    await bench.side.unbind({ connectorId });
    server.close();
  });

  it('that is switched off says why it can not be used, and is taken into use when it comes', async () => {
    const path = await freeAddress();
    bench = await openBench([{ name: 'printer', listing, path, plugged: false }]);
    const connectorId = await bench.bind('printer', listing);
    expect(await bench.until(connectorId, 'unavailable', 'device_unplugged')).toMatchObject({
      error: { details: { reason: 'connection_refused' }, hint: expect.stringContaining('9100') },
    });
    expect(await bench.side.devices()).toMatchObject([{ problem: { reason: 'device_unplugged' } }]);
    await bench.device('printer').plug();
    await bench.until(connectorId, 'ready');
    expect(await bench.side.devices()).toMatchObject([{ problem: null }]);
  });

  it('has no line settings in its configuration, and takes no listing of serial devices', async () => {
    const { side, bench: own } = await open('tcp');
    expect(await side.checkConfig({ listing, config: {} })).not.toHaveProperty('baud_rate');
    expect(await side.checkConfig({ listing, config: { baud_rate: 19_200 } })).toMatchObject({ baud_rate: 19_200 });
    expect(await side.checkConfig({ listing: 'cn-scale-sics', config: {} })).toHaveProperty('baud_rate', 9_600);
    await expect(
      side.identify({
        deviceId: await own.deviceId('printer'),
        listing: 'cn-scale-sics',
        config: {},
        dryRun: false,
        ...ticket(),
      }),
    ).rejects.toMatchObject({
      code: 'invalid_parameter',
      message: expect.stringContaining('speaks over a serial port'),
    });
  });
});
