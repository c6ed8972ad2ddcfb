import { afterEach, expect, it } from 'vitest';
import type { DeviceEvent } from './device-side.ts';
import { type Bench, openBench, ticket } from './testing/bench.ts';
import type { WireFrame } from './wire/wire-frame.ts';

let bench: Bench;
afterEach(() => bench.close());

const framesOf = (connectorId: string): readonly WireFrame[] =>
  bench.events.flatMap((event) => (event.type === 'wire' && event.connectorId === connectorId ? event.frames : []));
const told = (fits: (frame: WireFrame) => boolean) => (event: DeviceEvent) =>
  event.type === 'wire' && event.frames.some(fits);
const text = ({ bytes }: { readonly bytes: Uint8Array }) => Buffer.from(bytes).toString('latin1');

it('tells what is said to a scale and by it, with the call it belongs to, and nothing once it is closed', async () => {
  bench = await openBench([{ name: 'scale', listing: 'cn-scale-sics' }]);
  const connectorId = await bench.bind('scale', 'cn-scale-sics');
  await bench.until(connectorId, 'ready');
  const read = () => bench.side.read({ connectorId, tool: 'weight.read', arguments: {}, ...ticket() });
  await read();
  expect(framesOf(connectorId)).toEqual([]);

  await bench.side.tapWire({ connectorId, open: true });
  await read();
  await bench.side.tapWire({ connectorId, open: false });
  await read();
  const frames = framesOf(connectorId);
  expect(frames).toHaveLength(2);
  expect(frames).toMatchObject([
    { direction: 'out', call: { purpose: 'read', tool: 'weight.read' } },
    { direction: 'in', call: { purpose: 'read', tool: 'weight.read' } },
  ]);
  const [out, back] = frames;
  expect(out?.direction === 'out' && text(out)).toBe('SI\r\n');
  expect(back?.direction === 'in' && text(back)).toMatch(/^S [SD] +\S+ \w+\r\n$/);
});

it('tells of a scan that nobody asked for, and of the cable that is pulled', async () => {
  bench = await openBench([{ name: 'scanner', listing: 'cn-scanner-serial' }]);
  const connectorId = await bench.bind('scanner', 'cn-scanner-serial');
  await bench.until(connectorId, 'ready');
  await bench.side.tapWire({ connectorId, open: true });
  const heard = bench.nextEvent(told(({ direction }) => direction === 'in'));
  bench.device('scanner').change({ scan: '4006381333931' });
  await heard;
  const [scan] = framesOf(connectorId);
  expect(scan).toMatchObject({ direction: 'in', call: null });
  expect(scan?.direction === 'in' && text(scan)).toContain('4006381333931');

  const lost = bench.nextEvent(told((frame) => frame.direction === 'note' && frame.code === 'lost'));
  await bench.device('scanner').unplug();
  await lost;
});

it('keeps the units of a bus apart', async () => {
  bench = await openBench([
    {
      name: 'bus',
      listing: 'cn-modbus',
      options: {
        units: [
          { address: 1, map: 'waveshare-relay-8' },
          { address: 2, map: 'waveshare-relay-8' },
        ],
      },
    },
  ]);
  const first = await bench.bind('bus', 'cn-modbus', { map: 'waveshare-relay-8' }, { unit: 1 });
  const second = await bench.bind('bus', 'cn-modbus', { map: 'waveshare-relay-8' }, { unit: 2 });
  await bench.until(first, 'ready');
  await bench.until(second, 'ready');
  await bench.side.tapWire({ connectorId: first, open: true });
  const read = (connectorId: string) => bench.side.healthCheck({ connectorId, insist: true, ...ticket() });
  await read(first).catch(() => {});
  await read(second).catch(() => {});
  await bench.side.tapWire({ connectorId: first, open: false });
  const addresses = framesOf(first).flatMap((frame) => (frame.direction === 'out' ? [frame.bytes[0]] : []));
  expect(new Set(addresses)).toEqual(new Set([1]));
  expect(framesOf(second)).toEqual([]);
});
