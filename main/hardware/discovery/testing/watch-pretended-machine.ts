/** Runs on a pretended machine: a JSON line with all serial ports whenever udev says that something changed. */
import { readSysfsPorts } from '../sysfs-ports.ts';
import { startUdevMonitor } from '../udev-monitor.ts';

const folder = process.env['UMOCKDEV_DIR'] ?? '';
const tell = () => {
  const ports = readSysfsPorts({ sys: `${folder}/sys`, dev: `${folder}/dev` }) ?? [];
  const shown = ports.map(({ path, descriptor }) => [
    path.slice(folder.length),
    descriptor.serial_number,
    descriptor.topology,
  ]);
  process.stdout.write(`${JSON.stringify(shown)}\n`);
};
startUdevMonitor({
  onEvent: tell,
  onListening: tell,
  onDown: (why) => process.stderr.write(`${why}\n`),
  // umockdev is udevd here.
  control: import.meta.filename,
});
