import { AgentError, type DriverContext, type FirstAnswer } from '../../../drivers/kit/index.ts';
import {
  type Clock,
  createDeviceWork,
  createExchangeEngine,
  createPortQueue,
  noBackoff,
  type Transport,
} from '../sessions/index.ts';
import { noWireTap } from '../wire/wire-taps.ts';
import type { ByteLog } from './byte-log.ts';
import { asFirstSpeaker } from './first-link.ts';
import { lineOf } from './found.ts';
import type { PlannedAttempt } from './plan-questions.ts';

/** Where and how long a device is asked. */
export interface AskOnceParts {
  readonly transport: Transport;
  /** The transport is of no use any more. */
  readonly onEnd: () => void;
  /** The driver's context for this way. */
  readonly context: DriverContext;
  /** For messages. */
  readonly deviceName: string;
  readonly log: ByteLog;
  /** How long it is listened to first, in milliseconds. */
  readonly listenMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/** Asks in one way. Rejects as `FirstQuestions.ask` does, with what became of the port, or the signal's reason. */
export async function askOnce({ driver, way, frames }: PlannedAttempt, parts: AskOnceParts): Promise<FirstAnswer> {
  const { transport, context, deviceName, log, clock, signal } = parts;
  const questions = driver.firstQuestions;
  if (questions === undefined) throw new AgentError('internal_error', `${driver.id} has no first questions.`);
  const { settings } = context;
  const quietBeforeSendMs = settings === null ? 0 : (driver.links.serial?.quietBeforeSendMs?.(settings) ?? 0);
  const engine = createExchangeEngine(transport, { settings, quietBeforeSendMs, clock });
  // What was half sent must not leave later.
  engine.onEnd(parts.onEnd);
  if (parts.listenMs > 0) await engine.pause(parts.listenMs, signal);
  const first = asFirstSpeaker(driver, frames);
  const work = createDeviceWork({
    driver: first.driver,
    context,
    deviceName: () => deviceName,
    clock,
    backoff: noBackoff,
    tap: noWireTap,
    onTransaction: () => {},
  });
  const line = { engine, queue: createPortQueue(() => deviceName), unasked: null };
  return work.perform(line, { signal, about: { purpose: 'identify' } }, ({ link }) => {
    const spoken = first.wrap(link);
    return questions.ask(
      {
        ...spoken,
        exchange(request) {
          log.about({ label: request.label, listing: driver.id, line: lineOf(way) });
          return spoken.exchange(request);
        },
      },
      context,
    );
  });
}
