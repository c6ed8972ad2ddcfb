import { expect, test } from 'vitest';
import type { DeviceEvent, DeviceSide } from '../hardware/index.ts';
import type { SourceSide } from '../sources/index.ts';
import { joinSides } from './join-sides.ts';

type Call = `${'devices' | 'sources'} ${string}`;

/** A side that notes what it is asked, and can tell events. */
function side(name: 'devices' | 'sources', calls: Call[]) {
  const listeners = new Set<(event: DeviceEvent) => void>();
  let turns = 0;
  const own: Record<string, unknown> = {
    has: (listing: string) => listing === 'cn-store',
    listings: async () => [{ id: name }],
    openTurn: async () => {
      calls.push(`${name} openTurn`);
      turns += 1;
      return { turnId: `${name}-${turns}` };
    },
    subscribe(listener: (event: DeviceEvent) => void) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
  const noting = new Proxy(own, {
    get(target, method: string) {
      return (
        target[method] ??
        (async () => {
          calls.push(`${name} ${method}`);
        })
      );
    },
  });
  const tell = (event: DeviceEvent) => {
    for (const listener of listeners) listener(event);
  };
  return { noting, tell };
}

function join() {
  const calls: Call[] = [];
  const devices = side('devices', calls);
  const sources = side('sources', calls);
  const joined = joinSides(devices.noting as unknown as DeviceSide, sources.noting as unknown as SourceSide);
  return { joined, calls, devices, sources };
}

const ticket = { callId: 'call_1', deadlineMs: 1 };
const binding = { connectorId: 'cn_store', connectorName: 'store', listing: 'cn-store', config: {}, secretEntry: 'x' };

test('what names a listing goes by its kind', async () => {
  const { joined, calls } = join();
  await joined.checkConfig({ listing: 'cn-store', config: {} });
  await joined.describeTools({ listing: 'cn-scale', config: {}, unit: null, link: null });
  expect(calls).toEqual(['sources checkConfig', 'devices describeTools']);
  expect((await joined.listings()).map(({ id }) => id)).toEqual(['devices', 'sources']);
});

test('what names a connector goes where it was bound, until it is not any more', async () => {
  const { joined, calls } = join();
  await joined.bindSource(binding);
  await joined.read({ connectorId: 'cn_store', tool: 'order.read', arguments: {}, ...ticket });
  await joined.healthCheck({ connectorId: 'cn_scale', insist: false, ...ticket });
  await joined.unbind({ connectorId: 'cn_store' });
  await joined.bindingState({ connectorId: 'cn_store' });
  expect(calls).toEqual([
    'sources bindSource',
    'sources read',
    'devices healthCheck',
    'sources unbind',
    'devices bindingState',
  ]);
});

test('a turn stays at the side that gave it, also when its connector is unbound meanwhile', async () => {
  const { joined, calls } = join();
  await joined.bindSource(binding);
  const ours = await joined.openTurn({ connectorId: 'cn_store', ...ticket });
  const theirs = await joined.openTurn({ connectorId: 'cn_scale', ...ticket });
  await joined.unbind({ connectorId: 'cn_store' });
  calls.length = 0;
  const plan = { summary: '', frames: [], data: {} };
  await joined.check({ ...ours, tool: 'order.hold', plan });
  await joined.act({ ...theirs, tool: 'relay.set', plan, witness: {}, permit: 'p' });
  await joined.resolve({ ...ours, tool: 'order.hold', plan, witness: {} });
  await joined.closeTurn(ours);
  await joined.closeTurn(theirs);
  expect(calls).toEqual(['sources check', 'devices act', 'sources resolve', 'sources closeTurn', 'devices closeTurn']);
});

test('a call is called off at both, and events of both are told until the subscription ends', async () => {
  const { joined, calls, devices, sources } = join();
  await joined.cancel({ callId: 'call_1' });
  expect(calls.toSorted()).toEqual(['devices cancel', 'sources cancel']);
  const heard: string[] = [];
  const stop = joined.subscribe((event) => heard.push(event.type));
  devices.tell({ type: 'device_removed', deviceId: 'dev_1', causeId: 'c' });
  sources.tell({ type: 'transaction', connectorId: 'cn_store', at: '', error: null });
  stop();
  sources.tell({ type: 'transaction', connectorId: 'cn_store', at: '', error: null });
  expect(heard).toEqual(['device_removed', 'transaction']);
});
