import { AgentError, type Plan, type Release } from '../../../drivers/kit/index.ts';
import type { DeviceEvent, PendingRelease, ReleaseReason } from '../device-side.ts';
import { journalIdOf, type PermitAuthority } from '../permit.ts';
import type { BoundDevice } from './bound-device.ts';
import type { Clock } from './clock.ts';
import type { LogLine } from './device-registry.ts';
import type { Line } from './port-session.ts';

/** One timed effect, from before its first byte. */
export interface HeldOutput {
  /** The first byte is about to leave: from now on the output counts as on, and its time runs. */
  start(): void;
  /** Its frames are through, or never will be. Unless the device is sure that it is on, it is switched off at once. */
  begun(sure: boolean): void;
  /** Whether it is, or may be, on. */
  isOn(): boolean;
}

/** Everything that is on for a while, and the one who switches it off. */
export interface HeldOutputs {
  /** Throws `internal_error` when the driver has nothing to end it with. */
  prepare(device: BoundDevice, journalId: string, plan: Plan): HeldOutput;
  /** Takes over what an earlier binding left behind; in doubt, so off as soon as the port is open. */
  adopt(device: BoundDevice, releases: readonly PendingRelease[]): void;
  /** There is no way to a connector's device: what it holds is in doubt, and people are told. */
  lost(connectorId: string): void;
  /** What has to be switched off on a port that was just opened, before anyone uses it. */
  beforeUse(portId: string, line: Line): Promise<void> | null;
  /** Switches off before its time what is held by one connector, or (null) by all. Resolves when each is off, or stuck, or after `patienceMs`. */
  releaseAll(connectorId: string | null, patienceMs: number): Promise<void>;
  /** Its device is given back: what is still on is left to {@link HeldOutputs.adopt}. */
  forget(connectorId: string): void;
}

interface Output {
  readonly device: BoundDevice;
  readonly journalId: string;
  readonly plan: Plan;
  readonly endsAtMs: number;
  readonly endsAtWallMs: number;
  /** `beginning`: its frames are on their way, so that a release could still be overtaken by them. */
  phase: 'beginning' | 'on' | 'off';
  reason: ReleaseReason | null;
  attempt: Promise<void> | null;
  failures: number;
  /** What people were told keeps it on. */
  told: string | null;
  cancelTimer: () => void;
  /** Resolves when it is off, or known to be stuck. */
  readonly settled: PromiseWithResolvers<void>;
}

/** A machine that slept, or whose clock was set, is noticed this soon. */
const LOOK_MS = 250;
/** So many failed attempts in a row are no accident: people are told. */
const STUCK_AFTER = 3;
const RETRY_FIRST_MS = 50;
const RETRY_LONGEST_MS = 2_000;
/** A port that is being opened has this long before people are told that what is behind it can't be reached. */
const OPENING_MS = 2_000;

/** `onOutput` is told of each release, and of each that can't be done yet. */
export function createHeldOutputs(parts: {
  readonly permits: Pick<PermitAuthority, 'redeemRelease'>;
  readonly clock: Clock;
  readonly log: LogLine;
  readonly onOutput: (event: Extract<DeviceEvent, { readonly type: 'output' }>) => void;
}): HeldOutputs {
  const { permits, clock, log, onOutput } = parts;
  const outputs = new Set<Output>();

  const tell = ({ device, journalId }: Output, release: Extract<DeviceEvent, { readonly type: 'output' }>['release']) =>
    onOutput({ type: 'output', connectorId: device.binding.connectorId, journalId, at: clock.wallTime(), release });

  const add = (device: BoundDevice, journalId: string, plan: Plan, phase: Output['phase']): Output => {
    const holdMs = plan.timed?.holdMs ?? 0;
    const output: Output = {
      device,
      journalId,
      plan,
      endsAtMs: clock.nowMs() + holdMs,
      endsAtWallMs: Date.parse(clock.wallTime()) + holdMs,
      phase,
      reason: null,
      attempt: null,
      failures: 0,
      told: null,
      cancelTimer: () => {},
      settled: Promise.withResolvers(),
    };
    outputs.add(output);
    return output;
  };

  const off = (output: Output, { evidence, result }: Release) => {
    output.phase = 'off';
    output.cancelTimer();
    outputs.delete(output);
    tell(output, { state: 'released', reason: output.reason ?? 'due', evidence, result });
    output.settled.resolve();
  };

  const failed = (output: Output, cause: unknown, reached: boolean) => {
    if (!outputs.has(output)) return;
    output.failures += 1;
    if (output.failures >= STUCK_AFTER || !reached) tellStuck(output, AgentError.from(cause));
    retryLater(output, Math.min(RETRY_LONGEST_MS, RETRY_FIRST_MS * 2 ** Math.min(output.failures, 10)));
  };

  const tellStuck = (output: Output, cause: AgentError) => {
    if (output.told !== cause.code) {
      output.told = cause.code;
      tell(output, { state: 'stuck', error: stuckError(output, cause).serialize() });
    }
    output.settled.resolve();
  };

  const retryLater = (output: Output, delayMs: number) => {
    output.cancelTimer();
    output.cancelTimer = clock.after(delayMs, () => void release(output, null));
  };

  const attempt = async (output: Output, line: Line | null): Promise<void> => {
    const { device, plan } = output;
    const { driver } = device;
    const open = line ?? device.line();
    try {
      if (open === null) throw notReachable(device);
      const { release: free } = driver;
      if (free === undefined) throw cannotRelease(device);
      const leave = { frames: plan.timed?.release ?? [] };
      const about = { purpose: 'release', journal_id: output.journalId } as const;
      const done = await device
        .work()
        .perform(open, { signal: null, urgent: true, leave, about }, ({ link }) => free(link, plan, device.context()));
      off(output, done);
    } catch (cause) {
      failed(output, cause, open !== null);
    }
  };

  /** One attempt over `line`, or over whatever line there is; joins one that is on its way. Never rejects. */
  const release = (output: Output, line: Line | null): Promise<void> => {
    if (output.phase === 'off') return Promise.resolve();
    output.cancelTimer();
    output.attempt ??= attempt(output, line).finally(() => {
      output.attempt = null;
    });
    return output.attempt;
  };

  /** Waits out the time. Neither a sleeping machine nor a clock that is set makes it longer: the earlier of both clocks counts. */
  const watch = (output: Output) => {
    const leftMs = Math.min(output.endsAtMs - clock.nowMs(), output.endsAtWallMs - Date.parse(clock.wallTime()));
    if (leftMs <= 0 || output.reason !== null) {
      output.reason ??= 'due';
      void release(output, null);
      return;
    }
    output.cancelTimer = clock.after(Math.min(leftMs, LOOK_MS), () => watch(output));
  };

  const callOff = async (output: Output): Promise<void> => {
    output.reason ??= 'called_off';
    if (output.phase === 'on') await release(output, null);
    await output.settled.promise;
  };

  return {
    prepare(device, journalId, plan) {
      if (device.driver.release === undefined) throw cannotRelease(device);
      let output: Output | null = null;
      return {
        start() {
          output = add(device, journalId, plan, 'beginning');
        },
        begun(sure) {
          if (output === null) return;
          output.phase = 'on';
          if (!sure) output.reason ??= 'in_doubt';
          watch(output);
        },
        isOn: () => output !== null,
      };
    },
    adopt(device, releases) {
      for (const { journalId, plan, permit } of releases) {
        if (journalIdOf(permit) !== journalId || !permits.redeemRelease(permit, plan)) {
          log(`A release of ${device.binding.connectorName} came without a valid permit: ${journalId}`);
          continue;
        }
        const output = add(device, journalId, plan, 'on');
        output.reason = 'in_doubt';
        if (device.line() !== null) void release(output, null);
        else retryLater(output, OPENING_MS);
      }
    },
    lost(connectorId) {
      for (const output of outputs) {
        const isMine = output.device.binding.connectorId === connectorId;
        if (!isMine || output.phase !== 'on' || output.told !== null) continue;
        output.reason ??= 'in_doubt';
        void release(output, null);
      }
    },
    beforeUse(portId, line) {
      const mine = [...outputs].filter(({ device, phase }) => phase === 'on' && device.portId() === portId);
      if (mine.length === 0) return null;
      const each = mine.map(async (output) => {
        output.reason ??= 'in_doubt';
        // An attempt over the line that was lost has failed, or is about to.
        await output.attempt;
        await release(output, line);
      });
      return Promise.all(each).then(() => {});
    },
    async releaseAll(connectorId, patienceMs) {
      const mine = [...outputs].filter(
        ({ device }) => connectorId === null || device.binding.connectorId === connectorId,
      );
      if (mine.length === 0) return;
      const { promise: late, resolve } = Promise.withResolvers<void>();
      const cancel = clock.after(patienceMs, resolve);
      await Promise.race([Promise.all(mine.map(callOff)), late]);
      cancel();
    },
    forget(connectorId) {
      for (const output of [...outputs]) {
        if (output.device.binding.connectorId !== connectorId) continue;
        output.cancelTimer();
        outputs.delete(output);
        tellStuck(output, new AgentError('closed', 'Its device was given back.'));
      }
    },
  };
}

function notReachable(device: BoundDevice): AgentError {
  const state = device.state();
  if (state.state === 'unavailable') return AgentError.deserialize(state.error);
  return new AgentError('device_not_ready', `The port of ${device.binding.connectorName} is not open yet.`);
}

function cannotRelease(device: BoundDevice): AgentError {
  return new AgentError('internal_error', `${device.driver.id} begins timed effects, but has no release to end them.`);
}

function stuckError({ device, plan, journalId }: Output, cause: AgentError): AgentError {
  const { connectorName } = device.binding;
  return new AgentError(
    'release_unconfirmed',
    `${connectorName} may still be on after "${plan.summary}": it could not be switched off. ${cause.message}`,
    {
      hint: 'It is tried again until it works. Look at the door; if it has to be safe now, cut the power of the relay board.',
      details: { device: connectorName, journal_id: journalId, reason: cause.code },
      cause,
    },
  );
}
