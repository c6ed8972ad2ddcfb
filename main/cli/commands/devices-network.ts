import type { Command } from 'commander';
import { z } from 'zod';
import { AgentError } from '../../../drivers/kit/index.ts';
import type { CommandHost } from '../cli.ts';
import { exitCodes } from '../exit-codes.ts';
import { findDevice } from '../find.ts';

const addOptions = z.object({ unchecked: z.boolean().optional() });
const removeOptions = z.object({ yes: z.boolean().optional() });

/** `devices check`, `add` and `remove`: devices on the network, which nobody can plug in. */
export function addNetworkDevicesTo(devices: Command, host: CommandHost): void {
  host.add(devices, {
    syntax: 'check <address>',
    summary: 'try whether something takes a connection at a network address; sends nothing',
    examples: ['fibric-edge devices check tcp://192.168.1.60:9100'],
    async run({ client, words: [address = ''], json, print, printJson, signal }) {
      const checked = await client.checkDeviceAddress(address, { signal });
      if (json) printJson(checked);
      else if (checked.device !== null) print(`${checked.address} is the device ${checked.device} already.`);
      else if (checked.error === null) print(`${checked.address} takes a connection.`);
      else print([checked.error.message, checked.error.hint].filter(Boolean).join('\n'));
      return checked.reachable === false ? exitCodes.failure : exitCodes.ok;
    },
  });

  host.add(devices, {
    syntax: 'add <address>',
    summary: 'add a device on the network: tcp://host:port, or rfc2217://host:port for a serial port of a server',
    examples: ['fibric-edge devices add tcp://192.168.1.60:9100', 'fibric-edge devices add tcp://meter.local:502'],
    options: [{ flags: '--unchecked', description: 'add it without trying whether it can be reached' }],
    async run({ client, words: [address = ''], options, json, print, printJson, signal }) {
      if (addOptions.parse(options).unchecked !== true) {
        const { error } = await client.checkDeviceAddress(address, { signal });
        if (error !== null) {
          throw new AgentError('device_unplugged', `Not added: ${error.message}`, {
            hint: `${error.hint ?? ''} To add it all the same: --unchecked`.trim(),
          });
        }
      }
      const device = await client.addDevice(address);
      if (json) printJson(device);
      else print(`${device.id} at ${device.path} is added.\nNext: fibric-edge identify ${device.path}`);
    },
  });

  host.add(devices, {
    syntax: 'remove <device>',
    summary: 'remove a device that was added by its address',
    examples: ['fibric-edge devices remove tcp://192.168.1.60:9100 --yes'],
    options: [{ flags: '--yes', description: 'do not ask first' }],
    async run({ client, words: [name = ''], options, json, print, printJson, note, confirm }) {
      const device = await findDevice(client, name);
      if (removeOptions.parse(options).yes !== true && !(await confirm(`Remove the device at ${device.path}?`))) {
        note('Nothing was changed.');
        return exitCodes.failure;
      }
      const removed = await client.removeDevice(device.id);
      if (json) printJson(removed);
      else print(`The device at ${device.path} is removed.`);
      return exitCodes.ok;
    },
  });
}
