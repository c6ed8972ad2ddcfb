import { type BigIntStats, lstatSync, realpathSync, statSync } from 'node:fs';
import { basename } from 'node:path';
import { isNetworkPath, isTcpPath } from '../../../drivers/kit/index.ts';
import { parseUsbPath } from '../usb/usb-path.ts';
import { emptyDescriptor, type SeenPort, textOrNull } from './seen-port.ts';

/** A path that configuration names, with what it declares (the shape of the configuration's `paths`). */
export interface ConfiguredPort {
  readonly path: string;
  readonly declared: {
    readonly vendor_id?: string | undefined;
    readonly product_id?: string | undefined;
    readonly manufacturer?: string | undefined;
    readonly product?: string | undefined;
    readonly serial_number?: string | undefined;
  };
  readonly units: readonly number[];
  readonly simulated: boolean;
}

/**
 * The configured paths that lead to a device now; a link that leads nowhere is absent. One that leads to a port which
 * the system lists (`listed`) is that port under the configured name, and what it declares goes over what the bus says.
 *
 * Synchronous for the same reason as the reading of sysfs: it must work while the thread pool is full.
 */
export function seeConfiguredPorts(
  paths: readonly ConfiguredPort[],
  listed: readonly SeenPort[],
  platform: NodeJS.Platform = process.platform,
): readonly SeenPort[] {
  return paths.flatMap((configured): SeenPort[] => {
    // Nothing is asked of the network: what a person configured counts as there until a connector tries it.
    if (isNetworkPath(configured.path)) return [declare(configured, undefined, configured.path)];
    const listedPort = (target: string) =>
      listed.find((port) => port.path === target || (platform === 'win32' && sameWindowsPort(port.path, target)));
    if (platform === 'win32') {
      // COM ports are no files: there is one if and only if Windows lists it.
      const port = listedPort(configured.path);
      return port === undefined ? [] : [declare(configured, port, port.incarnation)];
    }
    if (parseUsbPath(configured.path) !== null) {
      // It is no file: there is one if and only if the system lists it.
      const port = listedPort(configured.path);
      return port === undefined ? [] : [declare(configured, port, port.incarnation)];
    }
    const node = nodeBehind(configured.path);
    return node === null ? [] : [declare(configured, listedPort(node.target), node.incarnation)];
  });
}

/** The paths of `listed` ports that configured paths lead to: they are shown once, under the configured name. */
export function configuredTargets(
  paths: readonly ConfiguredPort[],
  platform: NodeJS.Platform = process.platform,
): ReadonlySet<string> {
  return new Set(
    paths.flatMap(({ path }) => {
      if (isNetworkPath(path)) return [];
      if (platform === 'win32') return [path, path.toUpperCase()];
      const node = nodeBehind(path);
      return node === null ? [path] : [path, node.target];
    }),
  );
}

/** The device node a path leads to, and what tells this plug-in of it from any other; null when there is none. */
export function nodeBehind(path: string): { readonly target: string; readonly incarnation: string } | null {
  try {
    const target = realpathSync(path);
    const node = statSync(target, { bigint: true });
    if (!node.isCharacterDevice()) return null;
    if (isLeftOver(path, target, node)) return null;
    return { target, incarnation: [target, node.rdev, birth(node)].join(':') };
  } catch {
    return null;
  }
}

/**
 * Whether a link outlived its PTY, whose number another program has by now: a PTY is older than the link that was made
 * for it. Without this, a killed simulator's link would lead into somebody's terminal.
 */
function isLeftOver(path: string, target: string, node: BigIntStats): boolean {
  if (!target.startsWith('/dev/pts/')) return false;
  const link = lstatSync(path, { bigint: true });
  // No time of the PTY is before its making; a change of rights moves but one of them.
  const notBefore = [node.ctimeNs, node.mtimeNs, node.atimeNs].reduce((least, each) => (each < least ? each : least));
  return link.isSymbolicLink() && notBefore > link.ctimeNs;
}

/**
 * Names one life of a node: inode numbers are used again, and many file systems keep no birth time. The change time of
 * a PTY stays what it was when it was made; reading and writing move its other times.
 */
function birth(stats: { readonly ino: bigint; readonly birthtimeNs: bigint; readonly ctimeNs: bigint }): string {
  return `${stats.ino}.${stats.birthtimeNs === 0n ? stats.ctimeNs : stats.birthtimeNs}`;
}

function declare(
  { path, declared, simulated }: ConfiguredPort,
  port: SeenPort | undefined,
  incarnation: string,
): SeenPort {
  const said = port?.descriptor ?? emptyDescriptor;
  const own = {
    vendor_id: declared.vendor_id ?? null,
    product_id: declared.product_id ?? null,
    manufacturer: textOrNull(declared.manufacturer),
    product: textOrNull(declared.product),
    serial_number: textOrNull(declared.serial_number),
  };
  return {
    path,
    bus: isTcpPath(path) ? 'tcp' : (port?.bus ?? 'serial'),
    descriptor: {
      ...said,
      vendor_id: own.vendor_id ?? said.vendor_id,
      product_id: own.product_id ?? said.product_id,
      manufacturer: own.manufacturer ?? said.manufacturer,
      product: own.product ?? said.product,
      serial_number: own.serial_number ?? said.serial_number,
    },
    parent: port?.parent ?? null,
    declared: Object.values(own).some((value) => value !== null),
    simulated,
    incarnation: `${incarnation}:${port?.incarnation ?? ''}`,
  };
}

function sameWindowsPort(left: string, right: string): boolean {
  return basename(left).toLowerCase() === basename(right.replace(/^\\\\\.\\/, '')).toLowerCase();
}
