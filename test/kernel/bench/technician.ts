import type { ConnectorObject, DeviceObject } from '../../../main/api/schemas/index.ts';
import type { GuestAgent } from './guest-agent.ts';
import { eventually } from './patience.ts';

/** Who works with the command line. */
export interface Technician {
  /** Runs a command with `--json`; rejects with what it said when it fails. */
  run(...args: readonly string[]): Promise<unknown>;
  devices(): Promise<readonly DeviceObject[]>;
  /** Waits until an adapter with this serial number is there. */
  present(serial: string): Promise<DeviceObject>;
  /** Waits until no adapter with this serial number is there. */
  absent(serial: string): Promise<void>;
  connector(name: string): Promise<ConnectorObject>;
  /** Waits until each of these connectors is connected. */
  connected(...names: readonly string[]): Promise<void>;
}

/** Someone in front of this agent. */
export function createTechnician(agent: GuestAgent): Technician {
  const devices = () => agent.api.listDevices();
  const bySerial = async (serial: string) =>
    (await devices()).find(({ descriptor, present }) => descriptor.serial_number === serial && present);
  const run: Technician['run'] = async (...args) => {
    const { code, stdout, stderr } = await agent.edge(...args, '--json');
    if (code !== 0) throw new Error(`fibric-edge ${args.join(' ')} ended with ${code}: ${stdout}${stderr}`);
    return JSON.parse(stdout);
  };
  const connector: Technician['connector'] = async (name) => {
    const found = (await agent.api.listConnectors()).find((item) => item.name === name);
    if (found === undefined) throw new Error(`no connector ${name}`);
    return agent.api.getConnector(found.id);
  };
  return {
    run,
    devices,
    present: (serial) => eventually(`${serial} is there`, () => bySerial(serial)),
    absent: async (serial) =>
      void (await eventually(`${serial} is gone`, async () => (await bySerial(serial)) === undefined)),
    connector,
    async connected(...names) {
      for (const name of names) {
        let last: ConnectorObject | undefined;
        await eventually(`${name} is connected`, async () => {
          last = await connector(name);
          return last.status === 'connected';
        }).catch((error: unknown) => {
          throw new Error(`${name} is ${last?.status}: ${JSON.stringify(last?.health)}`, { cause: error });
        });
      }
    },
  };
}
