import { statSync } from 'node:fs';
import type { ConfiguredPath } from '../../config/index.ts';
import { emptyDescriptor, type SeenPort } from './seen-port.ts';

/** The configured paths that lead to a device at the moment. A link that leads nowhere is absent. */
export function seenConfiguredPorts(paths: readonly ConfiguredPath[]): readonly SeenPort[] {
  return paths.flatMap(({ path, declared, simulated }) => {
    const found = statSync(path, { throwIfNoEntry: false });
    if (found === undefined || !found.isCharacterDevice()) return [];
    return [
      {
        path,
        descriptor: {
          ...emptyDescriptor,
          vendor_id: declared.vendor_id ?? null,
          product_id: declared.product_id ?? null,
          manufacturer: declared.manufacturer ?? null,
          product: declared.product ?? null,
          serial_number: declared.serial_number ?? null,
        },
        parent: null,
        declared: Object.keys(declared).length > 0,
        simulated,
        // A PTY that went and came back is another inode with another birth, though its number be the same.
        incarnation: `${found.rdev}:${found.ino}:${found.ctimeMs > 0 ? found.birthtimeMs : 0}`,
      },
    ];
  });
}
