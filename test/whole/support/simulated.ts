import { createHostedDevice, type HostedDevice } from '../../../drivers/simulator-host/hosted-device.ts';
import { createRandom } from '../../../drivers/simulator-host/random.ts';
import { simulatorModels } from '../../../drivers/simulators.ts';

/** A simulated device of the test's own at this path, which is not plugged in yet. */
export function simulated(listing: string, path: string, options: object = {}): HostedDevice {
  const model = simulatorModels.find((one) => one.listing === listing);
  if (model === undefined) throw new Error(`no simulator for ${listing}`);
  const spec = { name: path, listing, path, options: JSON.parse(JSON.stringify(options)), baud_pacing: null };
  return createHostedDevice(spec, model, createRandom(1));
}
