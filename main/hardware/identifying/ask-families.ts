import {
  AgentError,
  type Driver,
  type ErrorCode,
  type FirstAnswer,
  type FirstWay,
  toHex,
} from '../../../drivers/kit/index.ts';
import type { Device } from '../device.ts';
import type { IdentifyAttempt, IdentifyProgress, IdentifyReport } from '../identify-report.ts';
import {
  type Clock,
  contextOf,
  type DriverCatalogue,
  type PortPlace,
  type Ports,
  type Transport,
} from '../sessions/index.ts';
import { askOnce } from './ask-once.ts';
import { createByteLog } from './byte-log.ts';
import { configFound, type FoundDevices, keep, lineOf } from './found.ts';
import { type PlannedAttempt, planQuestions } from './plan-questions.ts';
import { createPortOpener } from './port-opener.ts';
import { unavoidable } from './strangers.table.ts';

/** How long an unknown device is listened to before it is asked anything, in milliseconds. */
const LISTEN_MS = 600;

/** The device answered, as this family's devices do, that it won't say more now. */
const refusals: ReadonlySet<ErrorCode> = new Set<ErrorCode>(['device_refused', 'device_busy', 'device_not_ready']);

export interface AskFamiliesParts {
  readonly devices: FoundDevices;
  readonly ports: Pick<Ports, 'reserve'>;
  readonly open: (place: PortPlace, signal: AbortSignal) => Promise<Transport>;
  readonly catalogue: DriverCatalogue;
  readonly drivers: readonly Driver[];
  readonly clock: Clock;
}

export interface AskFamiliesRequest {
  readonly device: Device;
  /** What its descriptor says, without what it answered to anyone. */
  readonly recognition: Device['recognition'];
  /** Addresses on the bus that are known, or the one that is meant. */
  readonly units: readonly number[];
  /** Nothing is sent: the report says what would be. */
  readonly dryRun: boolean;
  readonly signal: AbortSignal;
  readonly onProgress: (progress: IdentifyProgress) => void;
}

/**
 * Asks a device of which nothing is known who it is, with the first questions of every family on its link, in an order in
 * which none harms another family's device; stops at the first sure answer. The port must be free, is closed afterwards,
 * and kept from others meanwhile. Rejects with `state_conflict`, with what keeps the port closed, or the signal's reason.
 */
export async function askFamilies(parts: AskFamiliesParts, request: AskFamiliesRequest): Promise<IdentifyReport> {
  const { devices, catalogue, drivers, clock } = parts;
  const { device, recognition, units, dryRun, onProgress } = request;
  const reportDescriptor = devices.reportDescriptor(device.id);
  const configOf = (driver: Driver, { line, options }: FirstWay) =>
    catalogue.parseConfig(driver.id, { ...(line === null ? {} : { ...line, flow_control: 'none' }), ...options });
  const contextFor = (driver: Driver, way: FirstWay) =>
    contextOf(configOf(driver, way), { ...device, unit: way.unit }, reportDescriptor);
  const plan = planQuestions({
    drivers,
    place: { link: device.bus, units },
    unit: device.unit,
    recognition,
    framesOf: (driver, way) => driver.firstQuestions?.frames(contextFor(driver, way)) ?? [],
  });
  const log = createByteLog();
  const attempts: IdentifyAttempt[] = [];
  const leftOut = [...plan.leftOut];
  const report = (found: Partial<IdentifyReport>): IdentifyReport => ({
    device: devices.get(device.id) ?? device,
    listing: null,
    recognised: false,
    identification: null,
    error: null,
    config: {},
    ...found,
    exchanges: log.exchanges(),
    attempts,
    left_out: leftOut,
    warnings: device.bus === 'serial' ? unavoidable : [],
  });
  if (dryRun) {
    attempts.push(...plan.attempts.map((attempt) => attemptOf(attempt, 'planned', null)));
    return report({});
  }

  if (plan.attempts.length === 0) return report({ error: noneToAsk(device).serialize() });

  const portId = device.unit === null ? device.id : (device.parent ?? device.id);
  const kept = parts.ports.reserve({ portId, path: device.path, userName: 'a question who is there' });
  const port = createPortOpener(parts.open, { path: device.path, link: device.bus, reportDescriptor }, log);
  const signal = AbortSignal.any([request.signal, kept.signal]);
  let possible: { readonly attempt: PlannedAttempt; readonly answer: FirstAnswer | null } | null = null;
  try {
    for (const [done, attempt] of plan.attempts.entries()) {
      const { driver, way } = attempt;
      if (possible?.attempt.driver === driver) continue;
      if (possible !== null && isDisturbed(possible.attempt.driver, attempt)) {
        leftOut.push({
          listing: driver.id,
          reason: `${possible.attempt.driver.title} may be there, and would be disturbed.`,
        });
        continue;
      }
      const what = { listing: driver.id, line: lineOf(way), unit: way.unit };
      onProgress({ done, total: plan.attempts.length, ...what });
      const context = contextFor(driver, way);
      let transport: Transport;
      try {
        transport = await port.at(context.settings, signal);
      } catch (error) {
        if (!AgentError.is(error, 'unsupported_setting')) throw error;
        attempts.push(attemptOf(attempt, 'impossible', error.message));
        continue;
      }
      try {
        const answer = await askOnce(attempt, {
          transport,
          onEnd: () => void port.close(),
          context,
          deviceName: `The device at ${device.path}`,
          log,
          listenMs: done === 0 ? LISTEN_MS : 0,
          clock,
          signal,
        });
        attempts.push(attemptOf(attempt, answer.sure ? 'answered' : 'possible', null));
        if (answer.sure) return report(await keep(devices, device, attempt, answer));
        possible ??= { attempt, answer };
      } catch (cause) {
        const error = AgentError.from(cause);
        const outcome = outcomeOf(error);
        if (outcome === null || signal.aborted) throw signal.aborted ? signal.reason : error;
        attempts.push(attemptOf(attempt, outcome, error.message));
        if (outcome === 'possible') possible ??= { attempt, answer: null };
      }
    }
    if (possible === null) return report({ error: nobody(device, plan.attempts.length).serialize() });
    const { driver, way } = possible.attempt;
    return report({
      listing: driver.id,
      identification: possible.answer?.identification ?? null,
      config: configFound(way, possible.answer?.options ?? {}),
      error: unsure(device, driver).serialize(),
    });
  } finally {
    await port.close();
    kept.release();
  }
}

function attemptOf(
  { driver, way, risks, frames }: PlannedAttempt,
  outcome: IdentifyAttempt['outcome'],
  message: string | null,
): IdentifyAttempt {
  const sent = frames.map((frame) => toHex(frame, Number.POSITIVE_INFINITY));
  return { listing: driver.id, line: lineOf(way), unit: way.unit, outcome, message, risks, frames: sent };
}

/** Null: it ends the whole. */
function outcomeOf({ code }: AgentError): 'possible' | 'silent' | 'unreadable' | null {
  if (refusals.has(code)) return 'possible';
  if (code === 'no_reply') return 'silent';
  return code === 'bad_reply' ? 'unreadable' : null;
}

function isDisturbed(possible: Driver, { frames }: PlannedAttempt): boolean {
  return frames.some((frame) => (possible.disturbedBy?.(frame) ?? null) !== null);
}

function noneToAsk({ path }: Device): AgentError {
  return new AgentError('not_supported', `No family can be asked at ${path} without risk, so that nothing was sent.`, {
    hint: 'Name the listing to ask as its devices are asked.',
    details: { device: path },
  });
}

function nobody({ path }: Device, attempts: number): AgentError {
  const how = attempts === 1 ? 'the one way that can be asked without risk' : `any of ${attempts} ways of asking`;
  return new AgentError('no_reply', `Nothing at ${path} answered to ${how}.`, {
    hint: 'Check that it is switched on and the cable; or name the listing, with the line settings that are set on the device.',
    details: { device: path },
  });
}

function unsure({ path }: Device, { id, title }: Driver): AgentError {
  return new AgentError('bad_reply', `The device at ${path} answered as a ${title} may, and did not say who it is.`, {
    hint: `If it is one, install it as ${id}.`,
    details: { device: path, listing: id },
  });
}
