import { AgentError, type Driver, type LinkType, type SerialSettings } from '../../../drivers/kit/index.ts';
import type { DeviceProblem } from '../device.ts';
import type { Clock } from './clock.ts';
import { type KnownDevices, type LogLine, type PortExplanations, printerNotes, problemOf } from './device-registry.ts';
import { createExchangeEngine, type ExchangeEngine } from './exchange.ts';
import { unplugged } from './open-errors.ts';
import { openPort } from './open-port.ts';
import { createPortQueue, type PortQueue } from './port-queue.ts';
import { retryDelayMs } from './reopening.ts';
import { tellWhoElse } from './shared-interface.ts';
import type { Transport } from './transport.ts';
import { createUnaskedBytes, type UnaskedBytes } from './unasked-bytes.ts';

/** One opening of a port, until it is closed or lost: its wire and who waits for it. */
export interface Line {
  readonly engine: ExchangeEngine;
  readonly queue: PortQueue;
  /** What the device sends by itself. Null where its driver knows of no such thing. */
  readonly unasked: UnaskedBytes | null;
}

export type PortState =
  | { readonly type: 'opening' }
  | { readonly type: 'open'; readonly line: Line }
  /** `causeId`: shared by everything that was lost with it; null where nothing was lost. */
  | { readonly type: 'down'; readonly error: AgentError; readonly causeId: string | null };

/** The one owner of a port: opens it, keeps it open as long as its device is there, and closes it. */
export interface PortSession {
  state(): PortState;
  /** The line; waits while the port is being opened. Rejects with what keeps it closed, or the signal's reason. */
  line(signal: AbortSignal): Promise<Line>;
  /** Called when the state changed. Returns what ends the subscription. */
  watch(listener: (state: PortState) => void): () => void;
  /** What detection knows of the device changed. */
  deviceChanged(): void;
  /** Ends the line with `closed`. Idempotent; resolves when the port is free. */
  close(): Promise<void>;
}

/** Why ports are lost. */
export interface PortCauses {
  /** The cause of the port's loss just now; shared by what went with it. */
  lost(portId: string): string;
  /** It is open again. */
  back(portId: string): void;
}

/** What port sessions need from around them. */
export interface PortSessionParts {
  readonly devices: KnownDevices;
  readonly explanations: PortExplanations;
  readonly clock: Clock;
  readonly log: LogLine;
  readonly causes: PortCauses;
  /** What has to happen on a port that was just opened before anyone may use it; null: nothing. Never rejects. */
  readonly beforeUse: (portId: string, line: Line) => Promise<void> | null;
  /** Takes one of the places for open ports; null when there is none left. */
  readonly takePlace: () => (() => void) | null;
  readonly noPlace: (path: string) => AgentError;
}

/** A port that is lost again and again this soon after it was opened is opened ever more slowly. */
const SHORT_LIVED_MS = 1_000;
/**
 * A device that was switched off says no goodbye, and what was sent to it is sent again by the system, ever more slowly,
 * for a quarter of an hour. Longer than any answer takes, shorter than a person waits after switching it on again.
 */
const DEAD_CONNECTION_MS = 25_000;

/** Begins to open the port of the device `portId` at once. `describe` names a lane's device. */
export function createPortSession(
  parts: PortSessionParts,
  options: {
    readonly portId: string;
    readonly link: LinkType;
    readonly driver: Pick<Driver, 'links' | 'stream'>;
    /** Null but on a serial line. */
    readonly settings: SerialSettings | null;
    /** Nothing tells that a device is away but trying. */
    readonly isNetwork: boolean;
    readonly describe: (lane: string) => string;
    /** Every chunk that comes while nothing is asked. */
    readonly onIdleChunk: (chunk: Uint8Array) => void;
  },
): PortSession {
  const { devices, clock, log } = parts;
  const { portId, link, settings, isNetwork } = options;
  const closing = new AbortController();
  const watchers = new Set<(state: PortState) => void>();
  let state: PortState = { type: 'opening' };
  let transport: Transport | null = null;
  let current: ExchangeEngine | null = null;
  let attempt: Promise<void> | null = null;
  let failures = 0;
  let cancelRetry = () => {};
  let closed = false;
  /** Resolves when the last opening has let go of the port. */
  let freed: Promise<void> = Promise.resolve();
  /** What lies at the path may be another device than detection saw. */
  let stale = false;
  const placeNow = () => {
    const device = devices.get(portId);
    return device?.present === true ? device.path : null;
  };
  let place = placeNow();

  const become = (next: PortState) => {
    state = next;
    for (const watcher of [...watchers]) watcher(next);
  };

  const down = (error: AgentError, causeId: string | null) => {
    const same = state.type === 'down' && state.error.code === error.code && state.error.message === error.message;
    if (same) return;
    if (error.code !== 'device_unplugged' || isNetwork) note(problemOf(error));
    become({ type: 'down', error, causeId });
  };

  let noted = false;
  const note = (problem: DeviceProblem | null) => {
    if (problem === null && !noted) return;
    noted = problem !== null;
    Promise.try(() => devices.setProblem(portId, problem)).catch((error: unknown) => {
      log(`A problem with ${portId} could not be noted: ${AgentError.from(error).message}`);
    });
  };

  const lost = (reason: AgentError, line: Line, openedAtMs: number) => {
    transport = null;
    current = null;
    stale = true;
    line.queue.clear(reason);
    if (closed) return;
    down(reason, parts.causes.lost(portId));
    if (clock.nowMs() - openedAtMs > SHORT_LIVED_MS) failures = 0;
    const delayMs = failures === 0 ? 0 : retryDelayMs('device_unplugged', failures, isNetwork, Math.random());
    failures += 1;
    void freed.then(() => retryAfter(delayMs ?? 0));
  };

  const opened = (next: Transport, givePlaceBack: () => void) => {
    const unasked = options.driver.stream === undefined ? null : createUnaskedBytes();
    const engine = createExchangeEngine(next, {
      settings,
      ...(unasked === null ? {} : { onUnasked: unasked.push }),
      quietBeforeSendMs: settings === null ? 0 : (options.driver.links.serial?.quietBeforeSendMs?.(settings) ?? 0),
      deadAfterMs: isNetwork ? DEAD_CONNECTION_MS : null,
      onIdleChunk: options.onIdleChunk,
      clock,
    });
    const line: Line = { engine, queue: createPortQueue(options.describe), unasked };
    const openedAtMs = clock.nowMs();
    transport = next;
    current = engine;
    note(null);
    parts.causes.back(portId);
    engine.onEnd((reason) => {
      freed = next.close().finally(givePlaceBack);
      lost(reason, line, openedAtMs);
    });
    const first = parts.beforeUse(portId, line);
    const use = () => {
      if (transport === next && !closed) become({ type: 'open', line });
    };
    if (first === null) use();
    else void first.then(use);
  };

  const tryToOpen = async (): Promise<void> => {
    if (stale) await devices.rescan();
    stale = true;
    // Coming back is told by a change of place, and this look may be the first to find the device away.
    place = placeNow();
    const device = devices.get(portId);
    if (device === undefined || !device.present) throw unplugged(device?.path ?? portId);
    const givePlaceBack = parts.takePlace();
    if (givePlaceBack === null) throw parts.noPlace(device.path);
    let next: Transport;
    try {
      const reportDescriptor = devices.reportDescriptor(portId);
      const place = { path: device.path, link, settings, reportDescriptor };
      next = await openPort(place, parts.explanations, printerNotes(devices, portId), closing.signal);
    } catch (error) {
      givePlaceBack();
      throw error;
    }
    if (closed) {
      await next.close();
      givePlaceBack();
      return;
    }
    stale = false;
    if (link === 'hid') void tellWhoElse(device.path, parts.explanations, log);
    opened(next, givePlaceBack);
  };

  const open = () => {
    if (closed || attempt !== null || transport !== null) return;
    cancelRetry();
    attempt = tryToOpen()
      .catch((cause: unknown) => {
        if (closed) return;
        const error = AgentError.from(cause);
        if (error.code === 'internal_error') log(`The port of ${portId} could not be opened: ${error.message}`);
        const delayMs = retryDelayMs(error.code, failures, isNetwork, Math.random());
        failures += 1;
        down(error, null);
        // A device that is away comes back by an event of detection.
        if (delayMs !== null && devices.get(portId)?.present === true) retryAfter(delayMs);
      })
      .finally(() => {
        attempt = null;
      });
  };

  const retryAfter = (delayMs: number) => {
    cancelRetry();
    if (closed) return;
    if (delayMs === 0) open();
    else cancelRetry = clock.after(delayMs, open);
  };

  open();

  return {
    state: () => state,
    line(signal) {
      if (state.type === 'open') return Promise.resolve(state.line);
      if (state.type === 'down') return Promise.reject(state.error);
      if (signal.aborted) return Promise.reject(signal.reason);
      return new Promise((resolve, reject) => {
        const settle = () => {
          watchers.delete(onState);
          signal.removeEventListener('abort', onAbort);
        };
        const onAbort = () => {
          settle();
          reject(signal.reason);
        };
        const onState = (next: PortState) => {
          if (next.type === 'opening') return;
          settle();
          if (next.type === 'open') resolve(next.line);
          else reject(next.error);
        };
        watchers.add(onState);
        signal.addEventListener('abort', onAbort);
      });
    },
    watch(listener) {
      watchers.add(listener);
      return () => void watchers.delete(listener);
    },
    deviceChanged() {
      const before = place;
      place = placeNow();
      if (place !== null && place !== before && state.type === 'down') {
        failures = 0;
        stale = false;
        retryAfter(0);
      }
      // Some adapters leave a dead port open: then detection knows first.
      if (place === null) current?.end(unplugged(devices.get(portId)?.path ?? portId));
    },
    async close() {
      if (!closed) {
        closed = true;
        closing.abort();
        cancelRetry();
        note(null);
        const reason = new AgentError('closed', `The session of ${portId} was ended.`);
        current?.end(reason);
        become({ type: 'down', error: reason, causeId: null });
      }
      await attempt;
      await freed;
    },
  };
}
