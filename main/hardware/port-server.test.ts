import { afterEach, expect, it } from 'vitest';
import { type Bench, openBench, ticket } from './testing/bench.ts';
import { describeWithSer2net, freePort, type Ser2net, startSer2net } from './testing/ser2net.ts';

let bench: Bench | null = null;
let ser2net: Ser2net | null = null;
afterEach(async () => {
  await bench?.close();
  await ser2net?.end();
  [bench, ser2net] = [null, null];
});

describeWithSer2net('a scale behind a port server, by RFC 2217', () => {
  it('is a serial device: bound at its settings, read, lost and found again with its server', async () => {
    const port = await freePort();
    const address = `rfc2217://127.0.0.1:${port}`;
    bench = await openBench([
      { name: 'scale', listing: 'cn-scale-sics' },
      { name: 'served', listing: 'cn-scale-sics', path: address, hosted: false },
    ]);
    const { side, path, device, until } = bench;
    ser2net = await startSer2net(path('scale'), port);
    const [served] = (await side.devices()).filter((one) => one.path === address);
    expect(served).toMatchObject({ bus: 'serial', present: true, identity: { confidence: 'path' } });
    expect(served?.identity.explanation).toContain('address');

    const connectorId = await bench.bind('served', 'cn-scale-sics', { baud_rate: 19_200, parity: 'even' });
    await until(connectorId, 'ready');
    device('scale').change({ gross: '1.23' });
    const read = () => side.read({ connectorId, tool: 'weight.read', arguments: {}, ...ticket() });
    expect(await read()).toMatchObject({ value: '1.23' });

    await ser2net.end();
    const down = await until(connectorId, 'unavailable', 'device_unplugged');
    expect(down).toMatchObject({ error: { details: { device: address } } });
    ser2net = await startSer2net(path('scale'), port);
    await until(connectorId, 'ready');
    expect(await read()).toMatchObject({ value: '1.23' });
  }, 40_000);
});
