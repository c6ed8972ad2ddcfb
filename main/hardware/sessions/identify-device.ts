import { AgentError, type Driver, type ErrorCode } from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { IdentifyReport } from '../device-side.ts';
import type { ExchangeTrace } from './call-link.ts';
import type { Clock } from './clock.ts';
import type { KnownDevices } from './device-registry.ts';
import { createDeviceWork } from './device-work.ts';
import { contextOf, type ParsedConfig, settingsOn } from './driver-catalogue.ts';
import type { Ports } from './ports.ts';
import { noBackoff } from './unit-backoff.ts';

/** Errors that are the device's own answer, or lack of one: part of the report. All others end the question. */
const answers: ReadonlySet<ErrorCode> = new Set<ErrorCode>([
  'no_reply',
  'bad_reply',
  'device_refused',
  'device_busy',
  'device_not_ready',
]);

/**
 * Asks a device who it is, with its driver's harmless questions, each of which is in the report. A free port is opened for
 * it and closed again; on a port that connectors use it waits for the device's turn. Rejects with what keeps the port
 * closed, `state_conflict` when the port is used as another kind of device, or the signal's reason.
 */
export async function identifyDevice(
  parts: { readonly devices: KnownDevices; readonly ports: Ports; readonly clock: Clock },
  device: Device,
  driver: Driver,
  config: ParsedConfig,
  signal: AbortSignal,
): Promise<IdentifyReport> {
  const { devices, ports, clock } = parts;
  const { path, unit } = device;
  const deviceName = unit === null ? `The device at ${path}` : `Unit ${unit} at ${path}`;
  const context = contextOf(config, device, devices.reportDescriptor(device.id));
  const work = createDeviceWork({
    driver,
    context,
    deviceName: () => deviceName,
    clock,
    backoff: noBackoff,
    onTransaction: () => {},
  });
  const portId = unit === null ? device.id : (device.parent ?? device.id);
  const settings = settingsOn(device.bus, config);
  const use = ports.use({ portId, path, link: device.bus, driver, settings, userName: 'a question who it is' });
  let exchanges: readonly ExchangeTrace[] = [];
  const report = (result: Pick<IdentifyReport, 'device' | 'identification' | 'error'>): IdentifyReport => ({
    ...result,
    listing: driver.id,
    recognised: result.error === null,
    exchanges,
  });
  try {
    const line = await use.session.line(signal);
    const turn = await line.queue.acquire(device.id, signal);
    try {
      const identification = await work.perform(line, { signal, trace: true }, async ({ link, traces }) => {
        try {
          return await driver.identify(link, context);
        } finally {
          exchanges = traces();
        }
      });
      return report({
        device: await devices.recordIdentification(device.id, identification, driver.id),
        identification,
        error: null,
      });
    } finally {
      turn.release();
    }
  } catch (error) {
    if (!AgentError.is(error) || !answers.has(error.code) || exchanges.length === 0) throw error;
    return report({ device: devices.get(device.id) ?? device, identification: null, error: error.serialize() });
  } finally {
    await use.release();
  }
}
