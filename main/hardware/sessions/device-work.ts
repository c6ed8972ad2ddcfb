import {
  AgentError,
  type Driver,
  type DriverContext,
  type Link,
  type SerializedAgentError,
} from '../../../drivers/kit/index.ts';
import type { WireCall } from '../wire/wire-frame.ts';
import type { WireTap } from '../wire/wire-taps.ts';
import { createCallLink, type ExchangeTrace } from './call-link.ts';
import type { Clock } from './clock.ts';
import { createFrameGate, type FrameGate, type Leave } from './frame-gate.ts';
import type { Line } from './port-session.ts';
import type { UnitBackoff } from './unit-backoff.ts';

/** What a driver's function may use during its call. */
export interface WorkTools {
  readonly link: Link;
  readonly gate: FrameGate;
  readonly traces: () => readonly ExchangeTrace[];
}

export interface WorkOptions<T> {
  /** Null: nothing but the wire ends it. */
  readonly signal: AbortSignal | null;
  /** Frames that may pass although they are not harmless. */
  readonly leave?: Leave;
  /** Goes before all others; for what ends a timed output. */
  readonly urgent?: boolean;
  readonly trace?: boolean;
  /** On whose account it is, for the log of the wire. */
  readonly about: WorkPurpose;
  /** The error in a result that did not reject. */
  readonly faultIn?: (result: T) => SerializedAgentError | null;
}

/** Why a device is talked to, as far as it is known; null elsewhere. */
export type WorkPurpose = Pick<WireCall, 'purpose'> & Partial<Pick<WireCall, 'tool' | 'journal_id'>>;

/** Runs a driver's functions on a line, for one device. */
export interface DeviceWork {
  /** To be called by the holder of the port's turn only. Rejects as `work` does. */
  perform<T>(line: Line, options: WorkOptions<T>, work: (tools: WorkTools) => Promise<T>): Promise<T>;
}

/** `onTransaction` is called when a call ended in which the device was asked something, unless that proves nothing. */
export function createDeviceWork(parts: {
  readonly driver: Driver;
  readonly context: DriverContext;
  readonly deviceName: () => string;
  readonly clock: Clock;
  readonly backoff: UnitBackoff;
  readonly tap: WireTap;
  readonly onTransaction: (error: SerializedAgentError | null, answered: boolean) => void;
}): DeviceWork {
  const { driver, context, clock, backoff, tap, onTransaction } = parts;
  const resynchronisation = driver.resynchronise(context);
  return {
    async perform(line, options, work) {
      const deviceName = parts.deviceName();
      const gate = createFrameGate(driver, deviceName, options.leave ?? null);
      const { signal, trace = false, urgent = false } = options;
      const { engine } = line;
      const about = { tool: null, journal_id: null, ...options.about };
      const call = createCallLink({
        engine,
        gate,
        clock,
        deviceName,
        signal,
        resynchronisation,
        trace,
        urgent,
        tap,
        about,
      });
      let fault: SerializedAgentError | null = null;
      try {
        const result = await work({ link: call.link, gate, traces: call.traces });
        fault = options.faultIn?.(result) ?? null;
        return result;
      } catch (cause) {
        const error = AgentError.from(cause);
        fault = error.serialize();
        throw error;
      } finally {
        call.end();
        const answered = call.answered();
        if (answered) backoff.answered();
        else if (call.asked() && (fault === null || fault.code === 'no_reply')) backoff.silent();
        if (answered || (call.asked() && fault !== null)) onTransaction(fault, answered);
      }
    },
  };
}
