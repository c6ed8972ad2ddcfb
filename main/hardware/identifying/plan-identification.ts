import {
  AgentError,
  type Driver,
  type DriverContext,
  describeSerialSettings,
  type Link,
  toHex,
  type WireRequest,
} from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { IdentifyReport } from '../identify-report.ts';
import type { Clock } from '../sessions/index.ts';

/** No driver asks so much of a device that says nothing. */
const MOST_FRAMES = 64;

/**
 * What {@link identifyDevice} would send to a device that says nothing, without a port: the driver itself asks, over a wire
 * that takes its frames down and never answers. What it asks after an answer depends on that answer.
 */
export async function planIdentification(
  device: Device,
  driver: Driver,
  context: DriverContext,
  clock: Clock,
): Promise<IdentifyReport> {
  const frames: Uint8Array[] = [];
  const silence = (label: string) =>
    new AgentError('no_reply', `Nothing was sent: ${label}.`, { details: { device: device.path } });
  const wire: Link = {
    async exchange<T>(request: WireRequest<T>): Promise<T> {
      const { bytes, label } = request;
      if (bytes.length > 0 && request.local !== true) {
        if (!driver.isHarmless(bytes) || frames.length >= MOST_FRAMES) {
          throw new AgentError('frame_not_permitted', `${label} would not be sent.`);
        }
        frames.push(bytes);
      }
      const end = request.unanswered === true ? request.match(new Uint8Array()) : null;
      if (end?.kind === 'reply') return end.value;
      throw silence(label);
    },
    async portStatus() {
      throw silence('read the port status');
    },
    pause: async () => {},
    now: () => clock.wallTime(),
  };
  await driver.identify(wire, context).catch((error: unknown) => {
    if (!AgentError.is(error)) throw error;
  });
  return {
    device,
    listing: driver.id,
    recognised: false,
    identification: null,
    error: null,
    config: {},
    exchanges: [],
    attempts: [
      {
        listing: driver.id,
        line: context.settings === null ? null : describeSerialSettings(context.settings),
        unit: device.unit,
        outcome: 'planned',
        message:
          frames.length === 0 ? 'Nothing is sent: it is listened to.' : 'What follows depends on what it answers.',
        risks: [],
        frames: frames.map((frame) => toHex(frame, Number.POSITIVE_INFINITY)),
      },
    ],
    left_out: [],
    warnings: [],
  };
}
