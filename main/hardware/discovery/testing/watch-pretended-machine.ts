/**
 * Runs on a pretended machine: a registry of its devices, and a JSON line with all of them whenever one changed. Device ids
 * are `A`, `B`, ... in the order of their first appearance. `times`: when the change was heard of, in milliseconds of the
 * monotonic clock.
 */
import { drivers } from '../../../../drivers/index.ts';
import type { RememberedDevice } from '../../device.ts';
import { createLossCauses } from '../loss-causes.ts';
import { createDeviceRegistry } from '../registry.ts';
import { readSysfsPorts } from '../sysfs-ports.ts';

const folder = process.env['UMOCKDEV_DIR'] ?? '';
const rows = new Map<string, RememberedDevice>();
const names = new Map<string, string>();
const nameOf = (id: string) => {
  const name = names.get(id) ?? String.fromCharCode('A'.charCodeAt(0) + names.size);
  names.set(id, name);
  return name;
};
const causes = new Map<string, string>();

const registry = createDeviceRegistry({
  ...{ paths: [], discover: true, drivers, causes: createLossCauses() },
  memory: {
    load: async () => [...rows.values()],
    save: async (row) => void rows.set(row.id, row),
    forget: async (id) => void rows.delete(id),
  },
  log: (line) => process.stderr.write(`${line}\n`),
  machine: {
    listSystem: async () => readSysfsPorts({ sys: `${folder}/sys`, dev: `${folder}/dev` }) ?? [],
    // umockdev is udevd here.
    udevControl: import.meta.filename,
  },
});
const tell = () => {
  const devices = registry.devices().map(({ id, path, present, parent, descriptor, identity }) => ({
    ...{ id: nameOf(id), path: path.slice(folder.length), present, parent, cause: causes.get(id) ?? null },
    ...{ serial: descriptor.serial_number, place: descriptor.topology, part: descriptor.interface },
    ...{ confidence: identity.confidence, unsure: identity.needs_confirmation },
  }));
  process.stdout.write(`${JSON.stringify({ at: performance.timeOrigin + performance.now(), devices })}\n`);
};
registry.subscribe((event) => {
  if (event.type === 'changed' && event.causeId !== undefined) causes.set(event.device.id, event.causeId);
  tell();
});
await registry.start();
tell();
