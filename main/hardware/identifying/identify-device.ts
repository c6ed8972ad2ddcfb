import {
  AgentError,
  type Driver,
  describeSerialSettings,
  type ErrorCode,
  type JsonObject,
} from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { IdentifyAttempt, IdentifyExchange, IdentifyReport } from '../identify-report.ts';
import {
  type Clock,
  contextOf,
  createDeviceWork,
  noBackoff,
  type ParsedConfig,
  type Ports,
  settingsOn,
} from '../sessions/index.ts';
import { noWireTap, type WireTap } from '../wire/wire-taps.ts';
import type { FoundDevices } from './found.ts';

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
  parts: {
    readonly devices: FoundDevices;
    readonly ports: Ports;
    readonly clock: Clock;
    /** Of the connector that has the device. */
    readonly tap: WireTap;
  },
  device: Device,
  driver: Driver,
  config: ParsedConfig,
  signal: AbortSignal,
): Promise<IdentifyReport> {
  const { devices, ports, clock, tap } = parts;
  const { path, unit } = device;
  const deviceName = unit === null ? `The device at ${path}` : `Unit ${unit} at ${path}`;
  const context = contextOf(config, device, devices.reportDescriptor(device.id));
  const work = createDeviceWork({
    driver,
    context,
    deviceName: () => deviceName,
    clock,
    backoff: noBackoff,
    tap,
    onTransaction: () => {},
  });
  const portId = unit === null ? device.id : (device.parent ?? device.id);
  const settings = settingsOn(device.bus, config);
  const use = ports.use({
    portId,
    path,
    link: device.bus,
    driver,
    settings,
    userName: 'a question who it is',
    // Whoever has the device hears what nobody asked for already.
    tap: noWireTap,
  });
  const line = settings === null ? null : describeSerialSettings(settings);
  let exchanges: readonly IdentifyExchange[] = [];
  const report = (result: Pick<IdentifyReport, 'device' | 'identification' | 'error' | 'config'>): IdentifyReport => ({
    ...result,
    listing: driver.id,
    recognised: result.error === null,
    exchanges,
    attempts: [
      {
        listing: driver.id,
        line,
        unit,
        outcome: outcomeOf(result.error?.code ?? null),
        message: result.error?.message ?? null,
        risks: [],
        frames: [],
      },
    ],
    left_out: [],
    warnings: [],
  });
  try {
    const held = await use.session.line(signal);
    const turn = await held.queue.acquire(device.id, signal);
    try {
      const identification = await work.perform(
        held,
        { signal, trace: true, about: { purpose: 'identify' } },
        async ({ link, traces }) => {
          try {
            return await driver.identify(link, context);
          } finally {
            exchanges = traces().map((trace) => ({ ...trace, listing: driver.id, line }));
          }
        },
      );
      const format = formatOf(settings);
      const found = { listing: driver.id, config: format };
      await devices.recordIdentification(device.id, identification, driver.id);
      if (portId !== device.id) await devices.recordFound(portId, found);
      return report({
        device: await devices.recordFound(device.id, found),
        identification,
        error: null,
        config: { ...format, ...(unit === null ? {} : { unit }) },
      });
    } finally {
      turn.release();
    }
  } catch (error) {
    if (!AgentError.is(error) || !answers.has(error.code) || exchanges.length === 0) throw error;
    return report({
      device: devices.get(device.id) ?? device,
      identification: null,
      error: error.serialize(),
      config: {},
    });
  } finally {
    await use.release();
  }
}

function formatOf(settings: ReturnType<typeof settingsOn>): JsonObject {
  if (settings === null) return {};
  const { flow_control: _unknown, ...format } = settings;
  return format;
}

function outcomeOf(code: ErrorCode | null): IdentifyAttempt['outcome'] {
  if (code === null) return 'answered';
  if (code === 'no_reply') return 'silent';
  return code === 'bad_reply' ? 'unreadable' : 'possible';
}
