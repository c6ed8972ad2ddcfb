import { join } from 'node:path';
import type { Config } from '../../config/index.ts';
import { type DemoDevice, demoDevices } from './demo-devices.table.ts';

/** The path of each simulated device, by its name. */
export type DemoPaths = (name: string) => string;

/** Where the simulated devices of a data folder are: their wires and their control socket. */
export interface DemoFolder {
  readonly folder: string;
  readonly controlSocket: string;
  /** The link to the pseudo-terminal of a device that has one. */
  readonly pathOf: DemoPaths;
}

/** The demonstration's folder inside an agent's data folder. */
export function demoFolder(dataDir: string): DemoFolder {
  const folder = join(dataDir, 'demo');
  return { folder, controlSocket: join(folder, 'control.sock'), pathOf: (name) => join(folder, name) };
}

/**
 * `--demo` as configuration and nothing else (contract section 3): paths with declared descriptors, install rules that
 * allow side effects on simulated devices only, and the sealed file as the vault.
 */
export function demoConfig(
  base: Config,
  dataDir: string,
  devices: readonly DemoDevice[] = demoDevices,
  pathOf: DemoPaths = demoFolder(dataDir).pathOf,
): Config {
  return {
    ...base,
    vault: { provider: 'keyfile', keyfile: `${dataDir}.key` },
    paths: [
      ...base.paths,
      ...devices.map((device) => ({
        path: pathOf(device.name),
        declared: device.declared,
        units: [...device.units],
        simulated: true,
      })),
    ],
    install_rules: [
      ...base.install_rules,
      ...devices.flatMap((device) =>
        device.rules.map((rule) => ({
          match: {
            path: pathOf(device.name),
            simulated: true,
            ...(rule.unit === undefined ? {} : { unit: rule.unit }),
          },
          listing: device.listing,
          name: rule.name,
          config: rule.config,
          policy: { default: 'allow' as const, tools: {} },
        })),
      ),
    ],
  };
}
