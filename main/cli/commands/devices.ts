import { isNetworkPath } from '../../../drivers/kit/index.ts';
import type { DeviceObject, Owner } from '../../api/schemas/index.ts';
import type { AddCommands } from '../cli.ts';
import { findDevice } from '../find.ts';
import { formatFacts, formatTable } from '../table.ts';
import { addNetworkDevicesTo } from './devices-network.ts';
import { addIdentifyTo } from './identify.ts';

/** `devices`: what is plugged in, what it may be, and who uses it. */
export const addDevices: AddCommands = (program, host) => {
  const devices = host.group(program, 'devices', 'what is plugged in', ['device']);

  host.add(devices, {
    syntax: 'list',
    isDefault: true,
    summary: 'list every device that was seen here',
    examples: ['fibric-edge devices list'],
    async run({ client, json, print, printJson }) {
      const found = await client.listDevices();
      if (json) return printJson(found);
      print(
        formatTable(
          found,
          columns,
          'No device was seen here. Plug one in, or add one on the network: fibric-edge devices add tcp://HOST:PORT',
        ),
      );
    },
  });

  host.add(devices, {
    syntax: 'show <device>',
    summary: 'show one device, by id or path',
    examples: ['fibric-edge devices show /dev/ttyUSB0'],
    async run({ client, words: [name = ''], json, print, printJson }) {
      const device = await findDevice(client, name);
      if (json) printJson(device);
      else print(formatFacts(factsOf(device)));
    },
  });

  addIdentifyTo(devices, host, 'fibric-edge devices identify');

  addNetworkDevicesTo(devices, host);

  host.add(devices, {
    syntax: 'confirm <device>',
    summary: 'say that the right unit is plugged in there, so that side effects are possible again',
    examples: ['fibric-edge devices confirm dev_4f2a'],
    async run({ client, words: [name = ''], json, print, printJson }) {
      const device = await client.confirmDevice((await findDevice(client, name)).id);
      if (json) printJson(device);
      else print(`${device.id} at ${device.path} is confirmed.`);
    },
  });
};

const columns = [
  { heading: 'id', value: ({ id }: DeviceObject) => id },
  { heading: 'path', value: ({ path }: DeviceObject) => path },
  { heading: 'unit', value: ({ unit }: DeviceObject) => unit },
  { heading: 'product', value: productOf },
  { heading: 'looks like', value: looksLike },
  { heading: 'used by', value: ({ owner }: DeviceObject) => ownerWords(owner) },
  { heading: 'state', value: stateOf },
];

function factsOf(device: DeviceObject): Record<string, string | number | boolean | null> {
  const { descriptor, identity, recognition, problem } = device;
  return {
    id: device.id,
    path: device.path,
    unit: device.unit,
    parent: device.parent,
    state: stateOf(device),
    product: productOf(device),
    'USB ids': descriptor.vendor_id === null ? null : `${descriptor.vendor_id}:${descriptor.product_id ?? '?'}`,
    'serial number': identity.protocol_serial ?? descriptor.serial_number,
    place: descriptor.topology,
    'known by': `${identity.confidence} (${identity.explanation})`,
    'looks like': `${looksLike(device) ?? 'nothing known'} (${recognition.reason})`,
    ...(device.found === null ? {} : { 'found settings': foundWords(device.found) }),
    'used by': ownerWords(device.owner),
    ...(device.added ? { added: 'by its address; `fibric-edge devices remove` takes it back' } : {}),
    ...(problem === null ? {} : { problem: problem.message, advice: problem.hint }),
    'first seen': device.first_seen_at,
    'last seen': device.last_seen_at,
  };
}

function foundWords({ listing, config }: NonNullable<DeviceObject['found']>): string {
  return `${Object.entries(config)
    .map(([key, value]) => `${key}=${String(value)}`)
    .join(' ')} (as ${listing})`;
}

function productOf({ descriptor, declared, simulated }: DeviceObject): string | null {
  const name = [descriptor.manufacturer, descriptor.product].filter((part) => part !== null).join(' ');
  const marks = [simulated ? 'simulated' : null, declared ? 'declared' : null].filter((mark) => mark !== null);
  const text = marks.length === 0 ? name : `${name} [${marks.join(', ')}]`.trim();
  return text === '' ? null : text;
}

function looksLike({ recognition: { listing, certainty, shared_adapter } }: DeviceObject): string | null {
  if (shared_adapter) return 'serial adapter: identify to find out';
  if (listing === null) return null;
  return certainty === 'certain' ? listing : `${listing} (${certainty})`;
}

function ownerWords(owner: Owner): string | null {
  if (owner === null) return null;
  return owner.type === 'connector' ? owner.name : `${owner.name} (process ${owner.pid})`;
}

function stateOf({ path, present, problem, identity, owner }: DeviceObject): string {
  if (!present) return 'unplugged';
  if (problem !== null) return problem.reason;
  if (identity.needs_confirmation) return 'to be confirmed';
  // Whether it is there shows only when a connector uses it.
  return isNetworkPath(path) && owner === null ? 'configured' : 'present';
}
